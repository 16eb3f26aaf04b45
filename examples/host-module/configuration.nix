# A host's own configuration; /etc/nixos/configuration.nix, say.
{
  # Rendered from forage.config.ts.
  imports = [ ./sandboxes.nix ];

  # The agents' user in a sandbox has the number 1000, and so needs these to be its own.
  systemd.tmpfiles.rules = [
    "d /srv/website 0750 1000 1000"
    "d /var/lib/agents/claude 0700 1000 1000"
  ];
}
