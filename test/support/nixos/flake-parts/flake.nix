# A stand-in for flake-parts: `lib.mkFlake`, with the options that our modules and those who import them set.
{
  description = "A stand-in for flake-parts";

  inputs.nixpkgs-lib.url = "github:nix-community/nixpkgs.lib";

  outputs =
    { nixpkgs-lib, ... }:
    let
      inherit (nixpkgs-lib) lib;
      inherit (builtins) mapAttrs;
      inherit (lib) mkOption mkOptionDefault types;

      option = type: default: mkOption { inherit type default; };

      # Outputs that are there for each system: `perSystem.packages` becomes `flake.packages.<system>`.
      perSystemOptions = {
        apps = option (types.lazyAttrsOf types.raw) { };
        checks = option (types.lazyAttrsOf types.package) { };
        devShells = option (types.lazyAttrsOf types.package) { };
        formatter = option (types.nullOr types.package) null;
        legacyPackages = option (types.lazyAttrsOf types.raw) { };
        packages = option (types.lazyAttrsOf types.package) { };
      };

      flakeOptions =
        moduleLocation:
        {
          nixosModules = mkOption {
            type = types.lazyAttrsOf types.deferredModule;
            default = { };
            apply = mapAttrs (
              name: module: {
                _class = "nixos";
                _file = "${moduleLocation}#nixosModules.${name}";
                imports = [ module ];
              }
            );
          };
          overlays = mkOption {
            type = types.lazyAttrsOf (
              types.uniq (types.functionTo (types.functionTo (types.lazyAttrsOf types.unspecified)))
            );
            default = { };
            # `nix flake check` wants these very names.
            apply = mapAttrs (
              _: overlay: final: prev:
              overlay final prev
            );
          };
        }
        // mapAttrs (_: _: option (types.lazyAttrsOf types.raw) { }) perSystemOptions;

      # A flake's outputs for one system.
      forSystem =
        system: flake:
        mapAttrs (
          name: _:
          flake.${name}.${system} or (throw "${toString flake.outPath} has no attribute ${name}.${system}")
        ) perSystemOptions;

      core =
        {
          config,
          inputs,
          moduleLocation,
          self,
          ...
        }:
        let
          evaluate =
            system:
            lib.evalModules {
              class = "perSystem";
              prefix = [
                "perSystem"
                system
              ];
              specialArgs = { inherit system; };
              modules = [
                {
                  options = perSystemOptions;
                  config._module.args = {
                    inputs' = mapAttrs (_: forSystem system) inputs;
                    self' = forSystem system self;
                    pkgs = mkOptionDefault inputs.nixpkgs.legacyPackages.${system};
                  };
                }
                config.perSystem
              ];
            };
          systems = lib.genAttrs config.systems evaluate;
          argsFor =
            system:
            let
              found = systems.${system} or (evaluate system);
            in
            found._module.args
            // {
              inherit lib system;
              inherit (found) config options;
            };
          transposed = lib.genAttrs (builtins.attrNames perSystemOptions) (
            name: mapAttrs (_: found: found.config.${name}) systems
          );
        in
        {
          _file = "flake-parts";
          options = {
            systems = mkOption { type = types.listOf types.str; };
            perSystem = option types.deferredModule { };
            flake = mkOption {
              type = types.submoduleWith {
                modules = [
                  {
                    freeformType = types.lazyAttrsOf (types.unique { message = ""; } types.raw);
                    options = flakeOptions moduleLocation;
                  }
                ];
              };
            };
          };
          config = {
            _module.args = {
              getSystem = system: (argsFor system).config;
              withSystem = system: use: use (argsFor system);
            };
            flake = transposed // {
              formatter = lib.filterAttrs (_: formatter: formatter != null) transposed.formatter;
            };
          };
        };
    in
    {
      lib.mkFlake =
        {
          inputs,
          self ? inputs.self,
          specialArgs ? { },
          moduleLocation ? "${self.outPath}/flake.nix",
        }:
        module:
        (lib.evalModules {
          class = "flake";
          specialArgs = {
            inherit inputs moduleLocation self;
          }
          // specialArgs;
          modules = [
            core
            (lib.setDefaultModuleLocation moduleLocation module)
          ];
        }).config.flake;
    };
}
