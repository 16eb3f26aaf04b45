# The module system: modules with their imports, options, and the definitions of these.
{ lib }:
let
  inherit (builtins)
    addErrorContext
    any
    attrNames
    concatLists
    concatMap
    filter
    genericClosure
    head
    isAttrs
    isList
    length
    mapAttrs
    seq
    zipAttrsWith
    ;
  inherit (lib)
    functionArgs
    imap1
    isFunction
    isType
    mapAttrsToList
    mergeDefinitions
    mkMerge
    mkOption
    mkOptionDefault
    optional
    optionalAttrs
    pushDownProperties
    recursiveUpdate
    reverseList
    setAttrByPath
    showDefs
    showFiles
    showOption
    types
    ;

  evalOption =
    loc: file: option: definitions:
    let
      type = option.type or types.unspecified;
      defs =
        optional (option ? default) {
          inherit file;
          value = mkOptionDefault option.default;
        }
        ++ definitions;
      merged = mergeDefinitions loc type defs;
      value =
        if option.readOnly or false && length defs > 1 then
          throw "The option `${showOption loc}' is read-only, but it's set multiple times. Definition values:${showDefs defs}"
        else
          (option.apply or (value: value)) merged.mergedValue;
    in
    option
    // {
      inherit loc type;
      inherit (merged) isDefined;
      declarations = [ file ];
      definitions = map (def: def.value) merged.defsFinal;
      files = map (def: def.file) merged.defsFinal;
      value = addErrorContext "while evaluating the option `${showOption loc}':" value;
    };

  # Options with their values, from all declarations `{ file, value }` and definitions at a place; and the definitions
  # that no declaration is there for.
  mergeTree =
    prefix: declarations: definitions:
    let
      byName =
        all:
        zipAttrsWith (_: found: found) (
          map (
            { file, value }:
            if isAttrs value then
              mapAttrs (_: value: { inherit file value; }) value
            else
              throw "In module `${file}', an attribute set is expected at `${showOption prefix}', not a value of type `${builtins.typeOf value}'"
          ) all
        );
      declared = byName declarations;
      defined = byName definitions;
      isOption = declaration: isType "option" declaration.value;

      found = mapAttrs (
        name: decls:
        let
          loc = prefix ++ [ name ];
          defs = defined.${name} or [ ];
          first = head (filter isOption decls);
        in
        if !any isOption decls then
          mergeTree loc decls (
            concatMap (def: map (value: def // { inherit value; }) (pushDownProperties def.value)) defs
          )
        else if length decls > 1 then
          throw "The option `${showOption loc}' is declared more than once, in ${
            showFiles (map (decl: decl.file) decls)
          }."
        else
          {
            options = evalOption loc first.file first.value defs;
            unmatched = [ ];
          }
      ) declared;
    in
    {
      options = mapAttrs (_: { options, ... }: options) found;
      unmatched =
        if definitions == [ ] then
          [ ]
        else
          concatLists (
            mapAttrsToList (name: map (def: def // { path = [ name ] ++ def.path or [ ]; })) (
              removeAttrs defined (attrNames declared) // mapAttrs (_: { unmatched, ... }: unmatched) found
            )
          );
    };

  valuesOf =
    options:
    mapAttrs (_: option: if isType "option" option then option.value else valuesOf option) options;

  # What a module may have beside its definitions.
  meta = [
    "_class"
    "_file"
    "freeformType"
    "imports"
    "key"
  ];

  # A module in any of its forms, as one with all of its parts.
  load =
    class: args: parent: index: module:
    let
      isFile = !(isFunction module || isAttrs module);
      file = if isFile then toString module else parent._file;
      key = if isFile then file else "${parent.key}:anon-${toString index}";
      loaded = if isFile then import module else module;
      called = if isFunction loaded then call key args loaded else loaded;
      isLong = called ? config || called ? options;
      strange = attrNames (
        removeAttrs called (
          meta
          ++ [
            "config"
            "options"
          ]
        )
      );
      whole = {
        _file = toString (called._file or file);
        key = toString (called.key or key);
        imports = called.imports or [ ];
        options = called.options or { };
        config = mkMerge [
          (if isLong then called.config or { } else removeAttrs called meta)
          (optionalAttrs (called ? freeformType) { _module = { inherit (called) freeformType; }; })
        ];
      };
    in
    if isList module then
      throw "Module imports can't be nested lists, in ${parent._file}"
    else if
      isAttrs module
      && !builtins.elem (module._type or "if") [
        "if"
        "override"
      ]
    then
      throw "Expected a module, but found a value of type ${module._type}, in ${file}"
    else if !isAttrs called then
      throw "module ${file} (${key}) does not look like a module."
    else if isLong && strange != [ ] then
      throw "Module `${key}' has an unsupported attribute `${head strange}'. This is caused by introducing a top-level `config' or `options' attribute."
    else if class != null && called._class or null != null && called._class != class then
      throw "The module `${whole._file}' (class: \"${called._class}\") cannot be imported into a module evaluation that expects class \"${class}\"."
    else
      whole;

  # Only what a module asks for by name is looked up in `_module.args`: that depends on all modules' definitions.
  call =
    key: args: module:
    module (
      args
      // mapAttrs (
        name: _:
        addErrorContext "while evaluating the module argument `${name}' in \"${key}\":" (
          args.${name} or args.config._module.args.${name}
        )
      ) (functionArgs module)
    );

  # All modules that are imported from some; each once, and first those that come in by fewer steps.
  collect =
    class: args: modules:
    let
      loadAll =
        parent:
        imap1 (
          index: module:
          let
            loaded = load class args parent index module;
          in
          {
            inherit (loaded) key;
            inherit loaded;
          }
        );
    in
    map ({ loaded, ... }: loaded) (genericClosure {
      startSet = loadAll {
        _file = "<unknown-file>";
        key = "";
      } modules;
      operator = { loaded, ... }: loadAll loaded loaded.imports;
    });

  ownModule = {
    _file = "lib/modules.nix";
    key = "lib/modules.nix";
    options._module = {
      args = mkOption { type = types.lazyAttrsOf types.raw; };
      check = mkOption {
        type = types.bool;
        default = true;
      };
      freeformType = mkOption {
        type = types.nullOr types.optionType;
        default = null;
      };
    };
  };

  evalModules =
    {
      modules,
      prefix ? [ ],
      specialArgs ? { },
      class ? null,
    }:
    let
      args = {
        inherit
          config
          lib
          options
          specialArgs
          ;
        _class = class;
        _prefix = prefix;
      }
      // specialArgs;
      all = reverseList (collect class args (modules ++ [ ownModule ]));
      merged =
        mergeTree prefix
          (map (module: {
            file = module._file;
            value = module.options;
          }) all)
          (
            concatMap (
              module:
              map (value: {
                file = module._file;
                inherit value;
              }) (pushDownProperties module.config)
            ) all
          );
      inherit (merged) options;
      declared = valuesOf options;
      inherit (declared._module) check freeformType;
      config =
        if freeformType == null || merged.unmatched == [ ] then
          declared
        else
          recursiveUpdate (freeformType.merge prefix (
            map (def: {
              inherit (def) file;
              value = setAttrByPath def.path def.value;
            }) merged.unmatched
          )) declared;
      stray = head merged.unmatched;
      checked =
        if check && freeformType == null && merged.unmatched != [ ] then
          throw "The option `${showOption (prefix ++ stray.path)}' does not exist. Definition values:${
            showDefs [ (removeAttrs stray [ "path" ]) ]
          }"
        else
          null;
    in
    {
      _type = "configuration";
      inherit class;
      options = seq checked options;
      config = seq checked (removeAttrs config [ "_module" ]);
      _module = seq checked config._module;
    };
in
{
  inherit evalModules;
  setDefaultModuleLocation = file: module: {
    _file = file;
    imports = [ module ];
  };
}
