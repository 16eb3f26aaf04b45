# Packages for evaluation: what nix/offline-pkgs.nix has, and stand-ins under any names that are asked for. Its arguments
# are those of `import <nixpkgs>`, and unfree packages are refused as there.
{
  system ? builtins.currentSystem,
  config ? { },
  overlays ? [ ],

  # Names of packages that are there as well, such as `git` or `python3Packages.requests`; and those of packages that are
  # unfree.
  extra ? [ ],
  unfree ? [ "claude-code" ],
  lib ? import ./lib.nix,
  bash ? null,
  # What `import pkgs.path { … }` finds.
  path ? ./nixpkgs,
}:
let
  inherit (builtins)
    attrNames
    filter
    foldl'
    head
    intersectAttrs
    isAttrs
    isString
    split
    ;
  inherit (lib)
    functionArgs
    genAttrs
    isFunction
    optionalAttrs
    ;

  offline = import ../../../nix/offline-pkgs.nix (
    { inherit system; } // optionalAttrs (bash != null) { inherit bash; }
  );
  standIn =
    name:
    let
      path = filter isString (split "\\." name);
      own = lib.last path;
    in
    lib.setAttrByPath path (offline.standIn own own);
  standIns =
    foldl' lib.recursiveUpdate { } (map standIn ([ "git" "systemd" ] ++ extra ++ unfree)) // offline;

  # Its name and its `meta` can be read, but it can be neither built nor pointed to, unless the configuration allows it.
  asUnfree =
    config: name:
    let
      package = standIns.${name};
      allowed = config.allowUnfree or false || (config.allowUnfreePredicate or (_: false)) self;
      checked =
        value:
        if allowed then
          value
        else
          throw "Package ‘${name}’ has an unfree license (‘unfree’), refusing to evaluate.";
      self = package // {
        meta = package.meta // {
          license = {
            fullName = "Unfree";
            free = false;
          };
          unfree = true;
        };
        drvPath = checked package.drvPath;
        outPath = checked package.outPath;
        out = self;
        all = [ self ];
      };
    in
    self;

  callPackageWith =
    packages: file: args:
    let
      f = if isFunction file then file else import file;
      wanted = functionArgs f;
      given = intersectAttrs wanted packages // args;
      missing = filter (name: !(wanted.${name} || given ? ${name})) (attrNames wanted);
      result = f given;
    in
    if missing != [ ] then
      throw "lib.customisation.callPackageWith: Function called without required argument \"${head missing}\""
    else if isAttrs result then
      result
      // {
        override =
          changes:
          callPackageWith packages f (args // (if isFunction changes then changes given else changes));
        overrideDerivation = throw "the stand-in for nixpkgs has no overrideDerivation";
      }
    else
      result;

  withOverlays =
    overlays:
    let
      settings = if isFunction config then config { pkgs = final; } else config;
      first =
        standIns
        // genAttrs unfree (asUnfree settings)
        // {
          _type = "pkgs";
          inherit
            lib
            overlays
            path
            system
            ;
          config = settings;
          pkgs = final;
          hostPlatform = final.stdenv.hostPlatform;
          stdenv = {
            inherit system;
            hostPlatform = {
              inherit system;
              isLinux = lib.hasSuffix "-linux" system;
              isDarwin = lib.hasSuffix "-darwin" system;
            };
          };
          callPackage = callPackageWith final;
          appendOverlays = more: withOverlays (overlays ++ more);
          extend = overlay: final.appendOverlays [ overlay ];
        };
      final = foldl' (prev: overlay: prev // overlay final prev) first overlays;
    in
    final;
in
withOverlays overlays
