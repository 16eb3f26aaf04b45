# Definitions: the properties that a value can be wrapped in, and how one value comes out of several definitions.
{ lib }:
let
  inherit (builtins)
    all
    any
    concatLists
    concatMap
    concatStringsSep
    filter
    foldl'
    head
    isAttrs
    isBool
    isInt
    isList
    isString
    length
    mapAttrs
    sort
    ;
  inherit (lib)
    isFunction
    optionalAttrs
    showDefs
    showOption
    ;

  isType = type: value: value._type or null == type;

  # Properties: what a definition's value can be wrapped in.
  mkIf = condition: content: {
    _type = "if";
    inherit condition content;
  };
  mkMerge = contents: {
    _type = "merge";
    inherit contents;
  };
  mkOverride = priority: content: {
    _type = "override";
    inherit priority content;
  };
  mkOrder = priority: content: {
    _type = "order";
    inherit priority content;
  };

  # The sets that a value stands for, with its properties moved to their members: so a condition can depend on what other
  # members are.
  pushDownProperties =
    value:
    let
      each =
        property:
        map (set: if isAttrs set then mapAttrs (_: property) set else set) (
          pushDownProperties value.content
        );
    in
    {
      merge = concatMap pushDownProperties value.contents;
      "if" = each (mkIf value.condition);
      override = each (mkOverride value.priority);
    }
    .${value._type or ""} or [ value ];

  # The values that hold, of one with conditions.
  discharge =
    value:
    {
      merge = concatMap discharge value.contents;
      "if" =
        if !isBool value.condition then
          throw "‘mkIf’ called with a non-Boolean condition"
        else if value.condition then
          discharge value.content
        else
          [ ];
    }
    .${value._type or ""} or [ value ];

  unwrap = type: def: if isType type def.value then def // { value = def.value.content; } else def;

  # The definitions with the strongest priority, which is the lowest number.
  priorityOf = { value, ... }: if isType "override" value then value.priority else 100;
  strongest =
    defs:
    let
      least = foldl' (found: def: lib.min found (priorityOf def)) 9999 defs;
    in
    map (unwrap "override") (filter (def: priorityOf def == least) defs);

  orderOf = { value, ... }: if isType "order" value then value.priority else 1000;
  inOrder = defs: map (unwrap "order") (sort (one: other: orderOf one < orderOf other) defs);

  # One value of a type, from a list of `{ file, value }`.
  mergeDefinitions = loc: type: definitions: rec {
    defsFinal = inOrder (
      strongest (
        concatMap (def: map (value: def // { inherit value; }) (discharge def.value)) definitions
      )
    );
    isDefined = defsFinal != [ ];
    mergedValue =
      let
        wrong = filter (def: !type.check def.value) defsFinal;
      in
      if !isDefined then
        type.emptyValue.value
          or (throw "The option `${showOption loc}' was accessed but has no value defined. Try setting the option.")
      else if wrong != [ ] then
        throw "A definition for option `${showOption loc}' is not of type `${type.description}'. Definition values:${showDefs wrong}"
      else
        type.merge loc defsFinal;
    optionalValue = optionalAttrs isDefined { value = mergedValue; };
  };

  valuesOf = map ({ value, ... }: value);

  mkOptionType =
    {
      name,
      description ? name,
      check ? _: true,
      merge ? mergeDefaultOption,
      emptyValue ? { },
    }:
    {
      _type = "option-type";
      inherit
        name
        description
        check
        merge
        emptyValue
        ;
    };

  mergeOneOption =
    loc: defs:
    if length defs == 1 then
      (head defs).value
    else
      throw "The option `${showOption loc}' is defined multiple times while it's expected to be unique. Definition values:${showDefs defs}";

  mergeEqualOption =
    loc: defs:
    if all ({ value, ... }: length defs == 1 || value == (head defs).value) defs then
      (head defs).value
    else
      throw "The option `${showOption loc}' has conflicting definition values:${showDefs defs}";

  mergeDefaultOption =
    loc: defs:
    let
      values = valuesOf defs;
    in
    if length values == 1 then
      head values
    else if all isFunction values then
      x:
      mergeDefaultOption loc (
        map ({ file, value }: {
          inherit file;
          value = value x;
        }) defs
      )
    else if all isList values then
      concatLists values
    else if all isAttrs values then
      foldl' (one: other: one // other) { } values
    else if all isBool values then
      any lib.id values
    else if all isString values then
      concatStringsSep "" values
    else if all isInt values && all (value: value == head values) values then
      head values
    else
      throw "Cannot merge definitions of `${showOption loc}'. Definition values:${showDefs defs}";
in
{
  inherit
    isType
    mergeDefaultOption
    mergeDefinitions
    mergeEqualOption
    mergeOneOption
    mkIf
    mkMerge
    mkOptionType
    mkOrder
    mkOverride
    pushDownProperties
    ;
  mkOptionDefault = mkOverride 1500;
  mkDefault = mkOverride 1000;
  mkForce = mkOverride 50;
  mkBefore = mkOrder 500;
  mkAfter = mkOrder 1500;
  filterOverrides = strongest;
}
