# The types of options: what a value may be, and how several definitions become one.
{ lib }:
let
  inherit (builtins)
    all
    any
    concatLists
    concatStringsSep
    filter
    foldl'
    head
    isAttrs
    isBool
    isFloat
    isInt
    isList
    isString
    length
    mapAttrs
    match
    storeDir
    substring
    tail
    toJSON
    typeOf
    zipAttrsWith
    ;
  inherit (lib)
    concatMapStringsSep
    evalModules
    functionArgs
    imap1
    isDerivation
    isFunction
    isStringLike
    last
    mergeDefinitions
    mergeEqualOption
    mergeOneOption
    mkOptionDefault
    mkOptionType
    setDefaultModuleLocation
    showDefs
    showFiles
    showOption
    toList
    ;

  valuesOf = map ({ value, ... }: value);
  filesOf = map ({ file, ... }: file);

  # A type whose definitions must be equal.
  simple =
    name: description: check:
    mkOptionType {
      inherit name description check;
      merge = mergeEqualOption;
    };

  # The definitions of each member of sets.
  members =
    loc: type: defs:
    zipAttrsWith (name: mergeDefinitions (loc ++ [ name ]) type) (
      map ({ file, value }: mapAttrs (_: value: { inherit file value; }) value) defs
    );

  submoduleWith =
    {
      modules,
      specialArgs ? { },
      shorthandOnlyDefinesConfig ? false,
      class ? null,
    }:
    let
      evaluate =
        prefix: more:
        (evalModules {
          inherit prefix specialArgs class;
          modules = [ { _module.args.name = mkOptionDefault "‹name›"; } ] ++ modules ++ more;
        }).config;
    in
    mkOptionType {
      name = "submodule";
      check = value: isAttrs value || isFunction value || types.path.check value;
      emptyValue.value = evaluate [ ] [ ];
      merge =
        loc: defs:
        evaluate loc (
          [ { _module.args.name = last loc; } ]
          ++ map (
            { file, value }:
            if isAttrs value && shorthandOnlyDefinesConfig then
              {
                _file = file;
                config = value;
              }
            else
              setDefaultModuleLocation file value
          ) defs
        );
    };

  types = {
    raw = mkOptionType {
      name = "raw";
      description = "raw value";
      merge = mergeOneOption;
    };
    unspecified = mkOptionType {
      name = "unspecified";
      description = "unspecified value";
    };
    optionType = mkOptionType {
      name = "optionType";
      check = value: value._type or null == "option-type";
      merge = mergeOneOption;
    };
    bool = simple "bool" "boolean" isBool;
    int = simple "int" "signed integer" isInt;
    float = simple "float" "floating point number" isFloat;
    str = simple "str" "string" isString;
    path = simple "path" "absolute path" (
      value: isStringLike value && substring 0 1 (toString value) == "/"
    );
    package = mkOptionType {
      name = "package";
      check = value: isDerivation value || isStringLike value && dirOf (toString value) == storeDir;
      merge = mergeOneOption;
    };
    strMatching =
      pattern:
      simple "strMatching" "string matching the pattern ${pattern}" (
        value: isString value && match pattern value != null
      );
    singleLineStr = types.strMatching "[^\n\r]*\n?" // {
      description = "(optionally newline-terminated) single-line string";
      merge = loc: defs: lib.removeSuffix "\n" (mergeEqualOption loc defs);
    };
    separatedString =
      separator:
      mkOptionType {
        name = "separatedString";
        description = "strings concatenated with ${toJSON separator}";
        check = isString;
        merge = _: defs: concatStringsSep separator (valuesOf defs);
      };
    lines = types.separatedString "\n";
    enum =
      values:
      simple "enum" "one of ${
        concatMapStringsSep ", " (value: if isFunction value then "<lambda>" else toJSON value) values
      }" (value: lib.elem value values);
    port = types.addCheck types.int (value: value >= 0 && value <= 65535) // {
      description = "16 bit unsigned integer; between 0 and 65535 (both inclusive)";
    };
    attrs = mkOptionType {
      name = "attrs";
      description = "attribute set";
      check = isAttrs;
      emptyValue.value = { };
      merge = _: foldl' (set: { value, ... }: set // value) { };
    };

    addCheck = type: check: type // { check = value: type.check value && check value; };
    passwdEntry =
      type:
      types.addCheck type (value: !(lib.hasInfix ":" value || lib.hasInfix "\n" value))
      // {
        description = "${type.description}, not containing newlines or colons";
      };

    # A set's merge; a package's; a function's; for anything else, equal definitions.
    anything = mkOptionType {
      name = "anything";
      merge =
        loc: defs:
        let
          kindOf = value: if isAttrs value && isStringLike value then "string-like set" else typeOf value;
          kind = kindOf (head defs).value;
        in
        if any ({ value, ... }: kindOf value != kind) defs then
          throw "The option `${showOption loc}' has conflicting option types in ${showFiles (filesOf defs)}"
        else
          {
            set = (types.attrsOf types.anything).merge;
            "string-like set" = mergeOneOption;
            lambda =
              loc: defs: x:
              types.anything.merge (loc ++ [ "<function body>" ]) (
                map ({ file, value }: {
                  inherit file;
                  value = value x;
                }) defs
              );
          }
          .${kind} or mergeEqualOption
          loc
          defs;
    };

    listOf =
      type:
      mkOptionType {
        name = "listOf";
        description = "list of ${type.description}";
        check = isList;
        emptyValue.value = [ ];
        merge =
          loc: defs:
          let
            entry =
              n: file: m: value:
              mergeDefinitions (loc ++ [ "[definition ${toString n}-entry ${toString m}]" ]) type [
                { inherit file value; }
              ];
            entries = concatLists (imap1 (n: { file, value }: imap1 (entry n file) value) defs);
          in
          map (found: found.mergedValue) (filter (found: found.isDefined) entries);
      };
    attrsOf =
      type:
      mkOptionType {
        name = "attrsOf";
        description = "attribute set of ${type.description}";
        check = isAttrs;
        emptyValue.value = { };
        merge =
          loc: defs:
          mapAttrs (_: member: member.mergedValue) (
            lib.filterAttrs (_: member: member.isDefined) (members loc type defs)
          );
      };
    # Here a member exists even where none of its conditions holds.
    lazyAttrsOf =
      type:
      types.attrsOf type
      // {
        name = "lazyAttrsOf";
        description = "lazy attribute set of ${type.description}";
        merge = loc: defs: mapAttrs (_: member: member.mergedValue) (members loc type defs);
      };
    nullOr =
      type:
      mkOptionType {
        name = "nullOr";
        description = "null or ${type.description}";
        check = value: value == null || type.check value;
        emptyValue.value = null;
        merge =
          loc: defs:
          if all (value: value == null) (valuesOf defs) then
            null
          else if any (value: value == null) (valuesOf defs) then
            throw "The option `${showOption loc}` is defined both null and not null, in ${showFiles (filesOf defs)}."
          else
            type.merge loc defs;
      };
    either =
      one: other:
      mkOptionType {
        name = "either";
        description = "${one.description} or ${other.description}";
        check = value: one.check value || other.check value;
        merge =
          loc: defs:
          if all one.check (valuesOf defs) then
            one.merge loc defs
          else if all other.check (valuesOf defs) then
            other.merge loc defs
          else
            mergeOneOption loc defs;
      };
    oneOf = choices: foldl' types.either (head choices) (tail choices);
    unique =
      { message }:
      type:
      type
      // {
        name = "unique";
        merge = loc: defs: if length defs == 1 then type.merge loc defs else mergeOneOption loc defs;
      };
    uniq = types.unique { message = ""; };
    functionTo =
      type:
      mkOptionType {
        name = "functionTo";
        description = "function that evaluates to a(n) ${type.description}";
        check = isFunction;
        merge = loc: defs: {
          __functionArgs = zipAttrsWith (_: all lib.id) (map functionArgs (valuesOf defs));
          __functor =
            _: x:
            (mergeDefinitions (loc ++ [ "<function body>" ]) type (
              map ({ file, value }: {
                inherit file;
                value = value x;
              }) defs
            )).mergedValue;
        };
      };

    inherit submoduleWith;
    submodule =
      modules:
      submoduleWith {
        modules = toList modules;
        shorthandOnlyDefinesConfig = true;
      };
    # A module for another evaluation.
    deferredModule = mkOptionType {
      name = "deferredModule";
      description = "module";
      check = value: isAttrs value || isFunction value || types.path.check value;
      merge = loc: defs: {
        imports = map (
          { file, value }: setDefaultModuleLocation "${file}, via option ${showOption loc}" value
        ) defs;
      };
    };
  };
in
types
