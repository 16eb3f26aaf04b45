# The flake of the stand-in for nixpkgs. It reaches for files outside of its directory, so test/support/nixos.ts copies all
# of them to a directory whose own flake has these outputs; `self` is that one.
{
  description = "A stand-in for nixpkgs";

  outputs =
    { self }:
    let
      lib = import ../lib.nix;
      nixpkgs = import self;
    in
    {
      # What newer Nix adds by itself; real flake-parts asks for it.
      _type = "flake";
      lib = lib // {
        nixosSystem = import ../eval-config.nix { inherit lib nixpkgs; };
      };
      # No part of nixpkgs: the options of sops-nix and agenix.
      nixosModules.secrets = ../secrets-options.nix;
      legacyPackages = lib.genAttrs [
        "aarch64-darwin"
        "aarch64-linux"
        "x86_64-darwin"
        "x86_64-linux"
      ] (system: nixpkgs { inherit system; });
    };
}
