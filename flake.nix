{
  description = "forage-nix: typed agent definitions in, Nix out";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs =
    { self, nixpkgs, ... }:
    let
      forAllSystems =
        outputsFor:
        nixpkgs.lib.genAttrs [
          "aarch64-darwin"
          "aarch64-linux"
          "x86_64-darwin"
          "x86_64-linux"
        ] (system: outputsFor nixpkgs.legacyPackages.${system});
    in
    {
      packages = forAllSystems (pkgs: {
        default = pkgs.callPackage ./nix/package.nix { };
      });

      # What the bridge's module of a rendered host looks for.
      overlays.default = final: _prev: {
        forage-nix = final.callPackage ./nix/package.nix { };
      };

      devShells = forAllSystems (pkgs: {
        default = pkgs.mkShellNoCC {
          packages = [
            pkgs.nixfmt
            pkgs.nodejs
            pkgs.shellcheck
          ];
        };
      });

      checks = forAllSystems (pkgs: {
        package = self.packages.${pkgs.stdenv.hostPlatform.system}.default;

        # Neither what is written by hand nor what is rendered needs the formatter.
        nixfmt = pkgs.runCommand "forage-nix-nixfmt" { nativeBuildInputs = [ pkgs.nixfmt ]; } ''
          find ${./flake.nix} ${./nix} ${./examples} ${./test/golden} -name '*.nix' -exec nixfmt --check {} +
          touch $out
        '';
      });

      formatter = forAllSystems (pkgs: pkgs.nixfmt);
    };
}
