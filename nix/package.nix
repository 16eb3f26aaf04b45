# The package of forage-nix itself, for `pkgs.callPackage ./nix/package.nix { }`.
{
  lib,
  buildNpmPackage,
  cacert,
  importNpmLock,
  nodejs,
  runCommand,
}:
let
  manifest = lib.importJSON ../package.json;
  lock = lib.importJSON ../package-lock.json;

  # The lock file has a hash for each package and no address: npm itself knows where its registry is.
  tarball =
    path: module:
    let
      # A package under another name than its own has its own beside it.
      name = module.name or (lib.last (lib.splitString "node_modules/" path));
    in
    runCommand "${lib.replaceStrings [ "@" "/" ] [ "" "-" ] name}-${module.version}.tgz"
      {
        nativeBuildInputs = [
          cacert
          nodejs
        ];
        impureEnvVars = lib.fetchers.proxyImpureEnvVars;
        outputHash = module.integrity;
        outputHashAlgo = null;
        outputHashMode = "flat";
        preferLocalBuild = true;
      }
      ''
        HOME=$TMPDIR npm pack --quiet --no-progress --no-update-notifier "${name}@${module.version}"
        mv ./*.tgz "$out"
      '';

  # What has no hash comes from no registry: it is in the tarball of another package, or it is this one.
  resolved = lib.mapAttrs (
    path: module:
    module // lib.optionalAttrs (module ? integrity) { resolved = "file:${tarball path module}"; }
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
