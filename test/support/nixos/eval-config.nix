# Evaluates NixOS modules over the options in options.nix, as nixpkgs' nixos/lib/eval-config.nix does. `nixpkgs` makes the
# packages, from `system`, `config` and `overlays`.
{
  lib ? import ./lib.nix,
  nixpkgs ? import ./pkgs.nix,
}:
{
  modules,
  prefix ? [ ],
  specialArgs ? { },
  system ? null,
}:
lib.evalModules {
  inherit prefix;
  class = "nixos";
  modules = [
    ./options.nix
    ./containers.nix
    ./services.nix
    {
      _module.args = {
        inherit nixpkgs;
        evalConfig = import ./eval-config.nix { inherit lib nixpkgs; };
      };
      nixpkgs = lib.optionalAttrs (system != null) { system = lib.mkDefault system; };
    }
  ]
  ++ modules;
  specialArgs = {
    modulesPath = toString ./.;
  }
  // specialArgs;
}
