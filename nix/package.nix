# The package of forage-nix itself, for `pkgs.callPackage ./nix/package.nix { }`.
{
  lib,
  buildNpmPackage,
  fetchurl,
  importNpmLock,
  runCommand,
}:
let
  manifest = lib.importJSON ../package.json;
  lock = lib.importJSON ../package-lock.json;

  # The lock file has a hash for each package and no address: its place is where npm's registry has every package.
  tarball =
    path:
    { version, integrity, ... }:
    let
      name = lib.last (lib.splitString "node_modules/" path);
    in
    fetchurl {
      url = "mirror://npm/${name}/-/${baseNameOf name}-${version}.tgz";
      hash = integrity;
    };

  resolved = lib.mapAttrs (
    path: module: module // lib.optionalAttrs (path != "") { resolved = "file:${tarball path module}"; }
  ) lock.packages;

  fromTarballs = lib.mapAttrs (name: _: resolved."node_modules/${name}".resolved);
in
buildNpmPackage {
  pname = manifest.name;
  inherit (manifest) version;

  src = lib.fileset.toSource {
    root = ../.;
    fileset = lib.fileset.unions [
      ../CHANGELOG.md
      ../LICENSE
      ../README.md
      ../lib
      ../nix
      ../package-lock.json
      ../package.json
      ../tsconfig.build.json
      ../tsconfig.json
    ];
  };

  npmDeps =
    runCommand "forage-nix-npm-deps"
      {
        package = builtins.toJSON (
          manifest
          // {
            dependencies = fromTarballs manifest.dependencies;
            devDependencies = fromTarballs manifest.devDependencies;
          }
        );
        packageLock = builtins.toJSON (lock // { packages = resolved; });
        passAsFile = [
          "package"
          "packageLock"
        ];
      }
      ''
        mkdir $out
        cp "$packagePath" $out/package.json
        cp "$packageLockPath" $out/package-lock.json
      '';
  inherit (importNpmLock) npmConfigHook;

  meta = {
    inherit (manifest) description;
    license = lib.licenses.mit;
    mainProgram = "forage";
  };
}
