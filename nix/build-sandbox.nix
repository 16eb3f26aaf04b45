# Builds the system of a sandbox's container, as NixOS does for `containers.<name>.config`.
{
  name,
  # A file with a NixOS module.
  module,
  nixpkgs ? <nixpkgs>,
  system ? builtins.currentSystem,
}:
(import "${toString nixpkgs}/nixos/lib/eval-config.nix" {
  inherit system;
  modules = [
    (
      { lib, options, ... }:
      {
        boot =
          # Newer releases tell this kind of container from others.
          if options.boot ? isNspawnContainer then { isNspawnContainer = true; } else { isContainer = true; };
        networking.hostName = lib.mkDefault name;
        networking.useDHCP = false;
      }
    )
    module
  ];
}).config.system.build.toplevel
