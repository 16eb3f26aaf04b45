{
  description = "A team's hosts, with coding agents in containers";

  inputs = {
    nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";
    flake-parts = {
      url = "github:hercules-ci/flake-parts";
      inputs.nixpkgs-lib.follows = "nixpkgs";
    };
    sops-nix = {
      url = "github:Mic92/sops-nix";
      inputs.nixpkgs.follows = "nixpkgs";
    };
  };

  outputs =
    inputs:
    inputs.flake-parts.lib.mkFlake { inherit inputs; } {
      # nix/agents.nix is rendered from forage.config.ts.
      imports = [ ./nix/agents.nix ];
      systems = [ "x86_64-linux" ];

      flake.nixosConfigurations.forge = inputs.nixpkgs.lib.nixosSystem {
        modules = [
          inputs.sops-nix.nixosModules.sops
          inputs.self.nixosModules.sandboxes
          ./hosts/forge.nix
        ];
      };
    };
}
