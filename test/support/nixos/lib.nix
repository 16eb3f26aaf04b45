# A stand-in for nixpkgs' `lib`, for machines that have none. It has what rendered Nix, the options in options.nix and the
# tests call, with nixpkgs' names and results; modules.nix, definitions.nix and types.nix are the module
# system.
let
  inherit (builtins)
    attrNames
    compareVersions
    concatStringsSep
    filter
    foldl'
    isAttrs
    isList
    isPath
    isString
    listToAttrs
    match
    replaceStrings
    stringLength
    substring
    toJSON
    typeOf
    ;

  base = (import ../../../nix/offline-pkgs.nix { }).lib;

  lib =
    base
    // import ./definitions.nix { inherit lib; }
    // import ./modules.nix { inherit lib; }
    // {
      types = import ./types.nix { inherit lib; };

      inherit (builtins)
        all
        any
        attrNames
        attrValues
        concatLists
        concatMap
        concatStringsSep
        elemAt
        filter
        foldl'
        genList
        hasAttr
        head
        intersectAttrs
        isAttrs
        isBool
        isInt
        isList
        isString
        length
        listToAttrs
        mapAttrs
        removeAttrs
        replaceStrings
        stringLength
        substring
        tail
        zipAttrsWith
        ;

      # The release's number is made up.
      trivial.release = "25.05";
      version = "${lib.trivial.release}.stand-in";
      versionAtLeast = version: least: compareVersions version least >= 0;
      versionOlder = version: other: compareVersions version other < 0;

      id = value: value;
      min = one: other: if one < other then one else other;
      fix =
        of:
        let
          final = of final;
        in
        final;
      composeManyExtensions =
        overlays: final: prev:
        foldl' (all: overlay: all // overlay final (prev // all)) { } overlays;

      # A function is one with `__functor` as well.
      isFunction = f: builtins.isFunction f || (f ? __functor && lib.isFunction (f.__functor f));
      functionArgs =
        f:
        if f ? __functor then
          f.__functionArgs or (lib.functionArgs (f.__functor f))
        else
          builtins.functionArgs f;

      warnIf = condition: if condition then lib.warn else _: value: value;
      throwIf =
        condition: message: value:
        if condition then throw message else value;
      throwIfNot = condition: lib.throwIf (!condition);

      optional = condition: value: if condition then [ value ] else [ ];
      optionals = condition: list: if condition then list else [ ];
      optionalString = condition: text: if condition then text else "";
      optionalAttrs = condition: set: if condition then set else { };

      imap1 =
        each: list: builtins.genList (n: each (n + 1) (builtins.elemAt list n)) (builtins.length list);
      last = list: builtins.elemAt list (builtins.length list - 1);
      singleton = value: [ value ];
      toList = value: if isList value then value else [ value ];
      reverseList = foldl' (reversed: value: [ value ] ++ reversed) [ ];
      foldr =
        step: end: list:
        foldl' (rest: value: step value rest) end (lib.reverseList list);
      unique = foldl' (found: value: if lib.elem value found then found else found ++ [ value ]) [ ];

      concatStrings = concatStringsSep "";
      concatMapStrings = lib.concatMapStringsSep "";
      concatMapStringsSep =
        separator: each: list:
        concatStringsSep separator (map each list);
      hasPrefix = prefix: text: substring 0 (stringLength prefix) text == prefix;
      hasSuffix =
        suffix: text:
        let
          start = stringLength text - stringLength suffix;
        in
        start >= 0 && substring start (-1) text == suffix;
      hasInfix = infix: text: replaceStrings [ infix ] [ "" ] text != text || infix == "";
      removeSuffix =
        suffix: text:
        if lib.hasSuffix suffix text then
          substring 0 (stringLength text - stringLength suffix) text
        else
          text;
      boolToString = value: if value then "true" else "false";
      isStringLike = value: isString value || isPath value || value ? outPath || value ? __toString;

      filterAttrs =
        keep: set:
        listToAttrs (
          map (name: lib.nameValuePair name set.${name}) (
            filter (name: keep name set.${name}) (attrNames set)
          )
        );
      recursiveUpdate =
        left: right:
        left
        // builtins.mapAttrs (
          name: value:
          if isAttrs value && isAttrs (left.${name} or null) then
            lib.recursiveUpdate left.${name} value
          else
            value
        ) right;
      setAttrByPath = path: value: lib.foldr (name: inner: { ${name} = inner; }) value path;

      mkOption = attributes: attributes // { _type = "option"; };
      mkEnableOption =
        name:
        lib.mkOption {
          type = lib.types.bool;
          default = false;
          description = "Whether to enable ${name}.";
        };

      mkPackageOption =
        pkgs: name:
        {
          default ? name,
        }:
        lib.mkOption {
          type = lib.types.package;
          description = "The ${name} package to use.";
          default = pkgs.${default} or (throw "${default} cannot be found in pkgs");
        };

      # What errors say of options and of where they are defined.
      showOption = lib.concatMapStringsSep "." showName;
      showFiles = lib.concatMapStringsSep " and " (file: "`${file}'");
      showDefs = lib.concatMapStrings (
        { file, value }:
        "\n- In `${file}': ${
          if isString value || builtins.isInt value || builtins.isBool value then
            toJSON value
          else
            "<${typeOf value}>"
        }"
      );
    };

  showName =
    name: if match "[a-zA-Z_][a-zA-Z0-9_'-]*|<.*>|\\*" name != null then name else toJSON name;
in
lib
