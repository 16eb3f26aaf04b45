# What `import nixpkgs { … }` is of the stand-in for nixpkgs.
import ../pkgs.nix
