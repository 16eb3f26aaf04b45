# A host's own configuration; /etc/nixos/configuration.nix, say.
{
  # Rendered from forage.config.ts. The bridge is a program of `pkgs.forage-nix`, which the overlay of forage-nix' flake
  # brings, or of the package that `services.forage-bridge.package` says.
  imports = [ ./sandboxes.nix ];

  # The agents' user in a sandbox has the number 1000, and so needs this to be its own.
  systemd.tmpfiles.rules = [ "d /srv/website 0750 1000 1000" ];
}
