# What a sandbox's system is built with where there is no nixpkgs: the stand-ins for NixOS' options, and a system that boots.
args:
import ../../../../nixos/eval-config.nix { } (
  args // { modules = [ ../../../guest.nix ] ++ args.modules; }
)
