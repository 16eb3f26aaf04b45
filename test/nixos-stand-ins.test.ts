import { mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { useNix } from "./support/nix.ts";
import {
  checkFlake,
  evalFlake,
  evalNixosModule,
  evalPackages,
  libs,
  type ModuleOptions,
  nixpkgsLib,
} from "./support/nixos.ts";
import { needs } from "./support/tools.ts";

/** What is in scope of the expressions below. */
const scope = (path: string) => `
  let
    lib = import "${path}";
    inherit (lib) mkAfter mkBefore mkDefault mkForce mkIf mkMerge mkOption types;
    evaluate = modules: (lib.evalModules { inherit modules; }).config;
    option = type: { options.x = mkOption { inherit type; }; };
    define = type: definitions: (evaluate ([ (option type) ] ++ map (x: { inherit x; }) definitions)).x;
    drv = derivation { name = "p"; system = "x"; builder = "/b"; };
    named = { name, ... }: { options = { name = mkOption { default = name; }; n = mkOption { type = types.int; default = 0; }; }; };
  in
  with types;`;

/** For each type: lists of definitions with the value that they are together, and lists that are refused. */
const TYPES: readonly (readonly [type: string, Record<string, unknown>, readonly string[]])[] = [
  [
    "bool",
    { "[ true ]": true, "[ false false ]": false, "[ true (mkDefault false) ]": true },
    ["[ ]", "[ null ]", "[ 1 ]", '[ "true" ]', "[ true false ]"],
  ],
  ["int", { "[ 1 ]": 1, "[ 7 7 ]": 7 }, ["[ ]", "[ 1.0 ]", '[ "1" ]', "[ 1 2 ]", "[ null ]"]],
  ["port", { "[ 0 ]": 0, "[ 65535 ]": 65_535 }, ["[ 65536 ]", "[ (-1) ]", '[ "80" ]']],
  [
    "str",
    { '[ "a" ]': "a", '[ "a" "a" ]': "a", '[ "a" (mkForce "b") "c" ]': "b" },
    ["[ ]", "[ 1 ]", "[ /a ]", "[ drv ]", '[ "a" "b" ]', "[ [ ] ]", "[ null ]"],
  ],
  [
    "lines",
    {
      '[ "a" ]': "a",
      '[ "a" "b" ]': "b\na",
      '[ (mkAfter "a") "b" (mkBefore "c") ]': "c\nb\na",
      '[ (mkMerge [ "a" (mkIf false "b") "c" ]) ]': "a\nc",
    },
    ["[ ]", '[ [ "a" ] ]', "[ 1 ]", '[ "a" null ]'],
  ],
  ["singleLineStr", { '[ "a\\n" ]': "a", '[ "" ]': "" }, ['[ "a\\nb" ]', "[ 1 ]"]],
  [
    'strMatching "[a-z]+"',
    { '[ "a" ]': "a", '[ "a" "a" ]': "a" },
    ['[ "A" ]', '[ "" ]', "[ 1 ]", '[ "a" "b" ]'],
  ],
  ["passwdEntry str", { '[ "a b" ]': "a b" }, ['[ "a:b" ]', '[ "a\\nb" ]']],
  [
    "path",
    { '[ "/a" ]': "/a", "[ (toString /a) ]": "/a", '[ { outPath = "/b"; } ]': "/b" },
    ["[ ]", '[ "a" ]', '[ "./a" ]', "[ 1 ]", "[ { } ]", '[ "" ]', '[ "/a" "/b" ]'],
  ],
  [
    "package",
    { "[ drv ]": expect.stringMatching(/-p$/) },
    ["[ ]", '[ "a" ]', '[ "/a" ]', "[ { } ]", "[ drv drv ]", '[ { outPath = "/b"; } ]'],
  ],
  [
    'enum [ "a" 1 null ]',
    { '[ "a" ]': "a", "[ 1 1 ]": 1, "[ null ]": null },
    ["[ ]", '[ "b" ]', '[ "a" 1 ]', "[ [ ] ]"],
  ],
  [
    "listOf int",
    {
      "[ ]": [],
      "[ [ 1 2 ] [ 3 ] ]": [3, 1, 2],
      "[ [ 1 (mkIf false 2) ] ]": [1],
      "[ [ 1 ] (mkForce [ 2 ]) ]": [2],
      "[ (mkAfter [ 1 ]) [ 2 ] (mkBefore [ 3 ]) ]": [3, 2, 1],
    },
    ["[ 1 ]", '[ [ "a" ] ]', "[ { } ]", "[ [ 1 ] null ]", "[ [ null ] ]"],
  ],
  [
    "attrsOf int",
    {
      "[ ]": {},
      "[ { a = 1; } { b = 2; } ]": { a: 1, b: 2 },
      "[ { a = 1; } { a = mkForce 2; } ]": { a: 2 },
      "[ { a = mkIf false 1; b = mkIf true 2; } ]": { b: 2 },
      "[ (mkIf true { a = mkDefault 1; }) (mkMerge [ { a = 3; } { b = 2; } ]) ]": { a: 3, b: 2 },
    },
    ["[ [ ] ]", "[ 1 ]", '[ { a = "1"; } ]', "[ { a = 1; } { a = 2; } ]", "[ { a = { }; } ]"],
  ],
  [
    "lazyAttrsOf int",
    { "[ { a = 1; } { b = 2; } ]": { a: 1, b: 2 }, "[ ]": {} },
    ["[ { a = mkIf false 1; } ]", "[ 1 ]", '[ { a = "1"; } ]'],
  ],
  [
    "lazyAttrsOf (nullOr int)",
    { "[ { a = mkIf false 1; b = 2; } ]": { a: null, b: 2 } },
    ['[ { a = "1"; } ]'],
  ],
  [
    "attrs",
    { "[ { a = 1; } { b = 2; } ]": { a: 1, b: 2 }, "[ { a = 1; } { a = 2; } ]": { a: 1 } },
    ["[ 1 ]", "[ [ ] ]"],
  ],
  [
    "nullOr str",
    { "[ ]": null, "[ null ]": null, "[ null null ]": null, '[ "a" "a" ]': "a" },
    ["[ 1 ]", '[ null "a" ]', '[ "a" "b" ]'],
  ],
  [
    "nullOr lines",
    { '[ "a" "b" ]': "b\na", "[ ]": null, '[ (mkIf false "a") null ]': null },
    ["[ 1 ]"],
  ],
  [
    "either int str",
    { "[ 1 ]": 1, '[ "a" "a" ]': "a" },
    ["[ ]", "[ null ]", "[ 1 2 ]", '[ 1 "a" ]', '[ "a" "b" ]'],
  ],
  [
    "oneOf [ (listOf int) int str ]",
    { "[ [ 1 ] [ 2 ] ]": [2, 1], "[ 1 ]": 1, '[ "a" ]': "a" },
    ["[ null ]", "[ { } ]", '[ [ "a" ] ]'],
  ],
  ["uniq (listOf int)", { "[ [ 1 ] ]": [1] }, ["[ [ 1 ] [ 1 ] ]", "[ 1 ]", '[ [ "a" ] ]']],
  ["raw", { "[ 1 ]": 1, "[ { a = mkDefault 1; } ]": expect.anything() }, ["[ ]", "[ 1 1 ]"]],
  [
    "unspecified",
    {
      "[ 1 ]": 1,
      "[ [ 1 ] [ 2 ] ]": [2, 1],
      "[ { a = 1; } { b = 2; } ]": { a: 1, b: 2 },
      '[ "a" "b" ]': "ba",
      "[ true false ]": true,
      "[ 1 1 ]": 1,
    },
    ["[ ]", "[ 1 2 ]", '[ 1 "a" ]', "[ null null ]"],
  ],
  [
    "anything",
    {
      "[ 1 ]": 1,
      "[ { a.b = 1; } { a.c = mkForce 2; } ]": { a: { b: 1, c: 2 } },
      "[ [ 1 ] [ 1 ] ]": [1],
      '[ "a" "a" ]': "a",
    },
    ["[ ]", '[ 1 "a" ]', "[ [ 1 ] [ 2 ] ]", "[ { a = 1; } { a = 2; } ]", "[ drv drv ]"],
  ],
  [
    "submodule named",
    {
      "[ ]": { name: "‹name›", n: 0 },
      "[ { } ]": { name: "x", n: 0 },
      "[ { n = 1; } ({ config, ... }: { n = 1; }) ]": { name: "x", n: 1 },
      "[ { n = 1; } (mkForce { n = 2; }) ]": { name: "x", n: 2 },
    },
    ["[ 1 ]", "[ { m = 1; } ]", '[ { n = "1"; } ]', "[ { n = 1; } { n = 2; } ]", "[ [ ] ]"],
  ],
  [
    "attrsOf (submodule named)",
    {
      "[ { a = { }; } { b.n = 1; } { b.name = mkForce 3; } ]": {
        a: { name: "a", n: 0 },
        b: { name: 3, n: 1 },
      },
      "[ { a = mkIf false { }; } ]": {},
    },
    ["[ { a = 1; } ]", "[ { a.m = 1; } ]", "[ { n = 1; } ]"],
  ],
  [
    "listOf (submodule { options.n = mkOption { type = int; }; })",
    { "[ [ { n = 1; } ] [ { n = 2; } ] ]": [{ n: 2 }, { n: 1 }] },
    ["[ [ { } ] ]", "[ [ { m = 1; } ] ]"],
  ],
  [
    'submoduleWith { modules = [ ({ special, ... }: { freeformType = attrsOf int; options.s = mkOption { type = str; default = special; }; }) ]; specialArgs.special = "!"; }',
    { "[ { } ]": { s: "!" }, "[ { t = 1; } { u = 2; t = mkForce 3; } ]": { s: "!", t: 3, u: 2 } },
    ["[ { s = 1; } ]", '[ { t = "1"; } ]'],
  ],
];

/** What expressions are; `null` says that they throw. */
const VALUES: Readonly<Record<string, unknown>> = {
  // Types whose values are functions or modules.
  "define (functionTo (listOf int)) [ (n: [ n ]) (n: [ (n + 1) ]) ] 1": [2, 1],
  "define (functionTo str) [ (n: n) ] 1": null,
  "define (functionTo str) [ 1 ]": null,
  "lib.functionArgs (define (functionTo str) [ ({ a, b ? 1 }: a) ])": { a: false, b: true },
  "define anything [ (n: { a = n; }) (n: { b = n; }) ] 1": { a: 1, b: 1 },
  "(evaluate [ (option (listOf int)) (define deferredModule [ { x = [ 1 ]; } (_: { x = [ 2 ]; }) ]) ]).x":
    [1, 2],
  "define deferredModule [ 1 ]": null,
  "define (addCheck int (n: n > 1)) [ 2 ]": 2,
  "define (addCheck int (n: n > 1)) [ 1 ]": null,
  "define (attrsOf int) [ { a = mkIf false 1; } ] ? a": false,
  "define (lazyAttrsOf int) [ { a = mkIf false 1; } ] ? a": true,

  // Properties.
  "define int [ (mkIf true (mkForce 1)) (mkForce (mkIf false 2)) (mkMerge [ (mkDefault 3) 4 ]) ]":
    null,
  "define int [ (mkIf true (mkForce 1)) (mkDefault 3) ]": 1,
  "define int [ (lib.mkOverride 10 1) (mkForce 2) 3 ]": 1,
  "define int [ (mkIf 1 2) ]": null,
  "define (listOf int) [ (lib.mkOrder 10 [ 1 ]) (mkBefore [ 2 ]) [ 3 ] (mkForce (mkAfter [ 4 ])) ]":
    [4],
  "(evaluate [ (option int) (mkIf true { x = 1; }) ]).x": 1,
  "(evaluate [ (option int) (_: mkMerge [ { x = mkDefault 2; } (mkIf false { x = 3; }) ]) ]).x": 2,
  "(evaluate [ (option int) ({ config, ... }: mkIf (config.y == 1) { x = 5; }) { options.y = mkOption { default = 1; }; } ]).x": 5,
  "(evaluate [ (option int) { config = mkForce { x = 1; }; } { x = 2; } ]).x": 1,

  // Options.
  "(evaluate [ { options.a.b = mkOption { type = int; default = 1; apply = n: n + 1; }; } ]).a.b": 2,
  "(evaluate [ { options.a.b = mkOption { type = int; default = 1; readOnly = true; }; } { a.b = 2; } ]).a.b":
    null,
  "(evaluate [ { options.a.b = mkOption { type = int; }; options.a.c = mkOption { default = 2; }; } { a = { b = 1; }; } ]).a":
    { b: 1, c: 2 },
  "(evaluate [ { options.x = mkOption { default = 1; }; } { options.x = mkOption { default = 2; }; } ]).x":
    null,
  '(evaluate [ { options.x = lib.mkEnableOption "x"; } ]).x': false,
  "(lib.evalModules { modules = [ (option int) ]; }).options.x.isDefined": false,
  'let o = (lib.evalModules { modules = [ (option int) { _file = "f"; x = 1; } ]; }).options.x; in { inherit (o) _type definitions files isDefined loc value; type = o.type.name; }':
    {
      _type: "option",
      definitions: [1],
      files: ["f"],
      isDefined: true,
      loc: ["x"],
      value: 1,
      type: "int",
    },
  "evaluate [ { a = 1; } ]": null,
  "evaluate [ { _module.check = false; a = 1; } ]": {},
  "evaluate [ { freeformType = attrsOf int; a = 1; } { a = mkForce 2; b = 3; } ]": { a: 2, b: 3 },
  "evaluate [ { freeformType = attrsOf int; options.c.d = mkOption { default = 1; }; config.a = 1; } ]":
    { a: 1, c: { d: 1 } },
  'evaluate [ { freeformType = attrsOf int; a = "1"; } ]': null,
  "evaluate [ (option int) { x.y = 1; } ]": null,
  "evaluate [ { options.x.y = mkOption { type = int; }; x = 1; } ]": null,

  // Modules.
  "(evaluate [ (option int) { imports = [ { imports = [ (_: { x = 1; }) ]; } ]; } ]).x": 1,
  '(evaluate [ (option (listOf str)) { x = [ "a" ]; imports = [ { x = [ "b" ]; } { x = [ "c" ]; } ]; } { x = [ "d" ]; } ]).x':
    ["c", "b", "d", "a"],
  '(evaluate [ (option (listOf int)) { key = "k"; x = [ 1 ]; } { key = "k"; x = [ 1 ]; } ]).x': [1],
  "(evaluate [ (option int) { config.x = 1; y = 2; } ]).x": null,
  '(evaluate [ (option int) { config.x = 1; imports = [ ]; _file = "f"; key = "k"; } ]).x': 1,
  "(evaluate [ (option int) [ { x = 1; } ] ]).x": null,
  "(evaluate [ (option int) (mkMerge [ { x = 1; } ]) ]).x": null,
  "(evaluate [ (option int) (_: 1) ]).x": null,
  "(evaluate [ (option int) ({ a, ... }: { x = a; }) { _module.args.a = 1; } ]).x": 1,
  "(evaluate [ (option int) ({ x, ... }: { x = 1; }) ]).x": 1,
  "(evaluate [ (option int) { __functor = _: { a, ... }: { x = a; }; __functionArgs.a = false; } { _module.args.a = 2; } ]).x": 2,
  "(lib.evalModules { modules = [ (option int) ({ a, ... }: { imports = [ { x = a; } ]; }) ]; specialArgs.a = 1; }).config.x": 1,
  "(lib.evalModules { modules = [ (option int) ({ specialArgs, options, lib, ... }: { x = specialArgs.a; }) ]; specialArgs.a = 1; }).config.x": 1,
  '(lib.evalModules { class = "c"; modules = [ (option int) { _class = "c"; x = 1; } { _class = null; } ]; }).config.x': 1,
  '(lib.evalModules { class = "c"; modules = [ (option int) { imports = [ (_: { _class = "d"; x = 1; }) ]; } ]; }).config.x':
    null,
  '(lib.evalModules { modules = [ (option int) { _class = "d"; x = 1; } ]; }).config.x': 1,
  'define (submoduleWith { modules = [ ]; class = "c"; }) [ { _class = "c"; } ]': {},
  'define (submoduleWith { modules = [ ]; class = "c"; }) [ { _class = "d"; } ]': null,

  // Functions.
  'lib.escapeShellArg "it\'s"': "'it'\\''s'",
  'lib.escapeShellArgs [ "" "a,._+:@%/-Z9" "a b" "$x" "\\n" "é" 1 /a ]':
    "'' a,._+:@%/-Z9 'a b' '$x' '\n' 'é' 1 /a",
  'lib.concatLines [ "a" "b" ]': "a\nb\n",
  "lib.concatLines [ ]": "",
  'lib.concatMapStrings toString [ 1 2 ] + lib.concatMapStringsSep "," toString [ 3 4 ] + lib.concatStrings [ "5" ]':
    "123,45",
  'lib.mapAttrsToList (name: value: "${name}${toString value}") { b = 1; a = 2; }': ["a2", "b1"],
  'lib.mapAttrs\' (name: value: lib.nameValuePair "${name}!" (value + 1)) { a = 1; }': { "a!": 2 },
  'lib.genAttrs [ "b" "a" ] (name: name + "!")': { a: "a!", b: "b!" },
  'lib.filterAttrs (name: value: name == "a" || value == 3) { a = 1; b = 2; c = 3; }': {
    a: 1,
    c: 3,
  },
  "lib.recursiveUpdate { a.b = 1; a.c = [ 1 ]; d = 1; } { a.c = [ ]; d.e = 1; }": {
    a: { b: 1, c: [] },
    d: { e: 1 },
  },
  'lib.setAttrByPath [ "a" "b" ] 1': { a: { b: 1 } },
  "[ (lib.optional true 1) (lib.optional false 1) (lib.optionals true [ 1 ]) (lib.optionals false [ 1 ]) ]":
    [[1], [], [1], []],
  '[ (lib.optionalString true "a") (lib.optionalString false "a") (lib.optionalAttrs true { a = 1; }) (lib.optionalAttrs false { a = 1; }) ]':
    ["a", "", { a: 1 }, {}],
  'map (lib.versionAtLeast "24.05") [ "23.11" "24.05" "24.11" ] ++ map (lib.versionOlder "24.05") [ "24.05" "24.11" ]':
    [true, true, false, false, true],
  'lib.versionAtLeast lib.trivial.release "25.05" && lib.versionAtLeast lib.version "25.05"': true,
  '[ (lib.hasPrefix "a" "ab") (lib.hasPrefix "b" "ab") (lib.hasSuffix "b" "ab") (lib.hasSuffix "abc" "bc") (lib.hasInfix "b" "abc") (lib.hasInfix "d" "abc") (lib.hasInfix "" "") ]':
    [true, false, true, false, true, false, true],
  'lib.removeSuffix "b" "abb" + lib.removeSuffix "a" "b" + lib.boolToString true': "abbtrue",
  "[ (lib.toList 1) (lib.toList [ 1 ]) (lib.singleton [ ]) (lib.unique [ 1 2 1 ]) (lib.last [ 1 2 ]) (lib.min 2 1) ]":
    [[1], [1], [[]], [1, 2], 2, 1],
  'lib.foldr (a: b: a + b) "c" [ "a" "b" ] + toString (lib.imap1 (n: a: n + a) [ 1 2 ]) + toString (lib.reverseList [ 1 2 ])':
    "abc2 42 1",
  "map lib.isFunction [ (a: a) { __functor = _: a: a; } 1 { } ]": [true, true, false, false],
  "[ (lib.functionArgs ({ a, b ? 1 }: a)) (lib.functionArgs { __functor = _: { c }: c; }) ]": [
    { a: false, b: true },
    { c: false },
  ],
  "lib.composeManyExtensions [ (final: prev: { a = final.c; b = prev.b + 1; }) (final: prev: { c = prev.a or 0; b = prev.b + 1; }) ] { c = 5; } { b = 1; }":
    { a: 5, b: 3, c: 5 },
  'lib.throwIf true "no" 1': null,
  'lib.throwIfNot true "no" 1': 1,
  'map lib.isStringLike [ "a" /a { outPath = 1; } { } 1 ]': [true, true, true, false, false],
  'lib.showOption [ "a" "b.c" "<name>" "*" "d-e" "_f\'" ]': 'a."b.c".<name>.*.d-e._f\'',
  'lib.showFiles [ "a" "/b" ]': "`a' and `/b'",
};

/** What errors say. */
const MESSAGES: Readonly<Record<string, RegExp>> = {
  'evaluate [ (option int) { _file = "f.nix"; x = "1"; } ]':
    /A definition for option `x' is not of type `signed integer'[\s\S]*In `f.nix': "1"/,
  'evaluate [ { options.a = mkOption { type = attrsOf (submodule named); }; } { _file = "f.nix"; a."b c".m = 1; } ]':
    /The option `a."b c".m' does not exist[\s\S]*In `f.nix': 1/,
  'evaluate [ (option int) { _file = "f.nix"; x = 1; } { _file = "g.nix"; x = 2; } ]':
    /The option `x' has conflicting definition values:[\s\S]*`g.nix'[\s\S]*`f.nix'/,
  "evaluate [ (option int) ]": /The option `x' was accessed but has no value defined/,
  "evaluate [ (option int) { config.x = 1; y = 2; } ]": /unsupported attribute `y'/,
  'lib.evalModules { class = "nixos"; modules = [ { _class = "flake"; _file = "f.nix"; } ]; }':
    /`f.nix.? \(class: .?"flake.?"\) cannot be imported into .* that expects class .?"nixos/,
  'define (enum [ "a" 1 ]) [ 2 ]': /`x' is not of type `one of "a", 1'/,
  "define (attrsOf (listOf (nullOr str))) [ { a = [ 1 ]; } ]":
    /`x.a."\[definition 1-entry 1\]"' is not of type `null or string'/,
  "define (uniq int) [ 1 1 ]": /`x' is defined multiple times while it's expected to be unique/,
};

/** A host as our modules make one. */
const HOST = `
  { config, lib, ... }:
  let
    templates.default = { lib, pkgs, ... }: {
      _class = "nixos";
      _file = "\${__curPos.file}#default";
      environment.systemPackages = [
        (pkgs.writeShellScriptBin "claude" ''exec \${lib.getExe pkgs.claude-code} "$@"'')
        pkgs.git
      ];
      nixpkgs.config.allowUnfreePredicate = package: builtins.elem (lib.getName package) [ "claude-code" ];
      system.stateVersion = lib.trivial.release;
      users.users.agent = { isNormalUser = true; uid = 1000; group = "agent"; };
      users.groups.agent.gid = 1000;
    };
  in
  {
    _class = "nixos";
    containers.alice = {
      ephemeral = true;
      privateNetwork = true;
      hostAddress = "10.233.1.1";
      localAddress = "10.233.1.2";
      bindMounts."/run/secrets" = { hostPath = "/run/forage-secrets/alice"; isReadOnly = true; };
      config = templates.default;
    };
    systemd.services.forage-secrets-alice = {
      before = [ "container@alice.service" ];
      requiredBy = [ "container@alice.service" ];
      bindsTo = [ "container@alice.service" ];
      serviceConfig = { Type = "oneshot"; RemainAfterExit = true; };
      script = "install \${lib.escapeShellArgs [ "a" config.sops.secrets.a.path ]}";
      postStop = "rm -f a";
    };
    systemd.sockets.bridge = {
      listenStreams = [ "/run/bridge/alice.sock" ];
      before = [ "container@alice.service" ];
      socketConfig.SocketMode = "0666";
    };
    programs.git = { enable = true; config.url."http://a/".insteadOf = [ "https://b/" ]; };
    networking.nat = { enable = true; internalInterfaces = [ "ve-alice" ]; };
  }`;

/** NixOS modules that are refused, and what is said. */
const REFUSED: Readonly<Record<string, RegExp>> = {
  "{ containers.alice.confg = { }; }": /`containers\.alice\.confg' does not exist/,
  "{ containers.alice.config.service.x = 1; }": /`containers\.alice\.service' does not exist/,
  "{ containers.alice.config = { pkgs, ... }: { environment.systemPackages = [ pkgs.claude-code ]; }; nixpkgs.config.allowUnfree = true; }":
    /‘claude-code’ has an unfree license/,
  '{ containers.alice.config = { _class = "flake"; }; }': /expects class .?"nixos/,
  "{ containers.alice = { }; }": /`containers\.alice\.path' was accessed but has no value/,
  "{ containers.alice_b.config = { }; }": /Failed assertions:\n.*- Names containing underscores/s,
  "{ containers.alice-and-bob = { privateNetwork = true; config = { }; }; }":
    /Failed assertions:\n.*`alice-and-bob` is too long/s,
  '{ containers.alice = { config = { }; bindMounts."/a".readOnly = true; }; }':
    /bindMounts\."\/a"\.readOnly' does not/,
  "{ containers.alice = { config = { }; hostAddress = 1; }; }":
    /hostAddress' is not of type `null or/,
  '{ systemd.services.a.before = [ "container@alice" ]; }':
    /before\."?\[[^\]]+\]"?' is not of type `string/,
  '{ systemd.services.a.serviceConfig.Type = "onshot"; }': /serviceConfig' is not of type/,
  '{ systemd.services.a = { script = "a"; serviceConfig.ExecStart = "b"; }; }':
    /ExecStart' has conflicting/,
  "{ systemd.services.a.script = [ ]; }": /script' is not of type `strings concatenated with/,
  '{ systemd.sockets.a.socketConfg.SocketMode = "0666"; }':
    /`systemd\.sockets\.a\.socketConfg' does not exist/,
  "{ systemd.sockets.a.listenStreams = [ 80 ]; }": /listenStreams.*' is not of type `string/,
  "{ programs.git.config = 1; }": /is not of type/,
  "{ config, lib, pkgs, ... }: { options.p = lib.mkPackageOption pkgs ''forage-nix'' { }; config.environment.systemPackages = [ config.p ]; }":
    /forage-nix.* cannot be found in pkgs/,
  '{ environment.systemPackages = [ "git" ]; }': /is not of type `package'/,
  "{ environment.etc.a.txt = 1; }": /`environment\.etc\.a\.txt' does not exist/,
  "{ users.users.agent.isNormalUser = false; }": /Exactly one of users\.users\.agent\.isSystemUser/,
  "{ users.users.agent = { isSystemUser = true; }; }": /users\.users\.agent\.group is unset/,
  '{ users.users.agent = { isNormalUser = true; description = "a:b"; }; }':
    /not containing newlines or colons/,
  "{ users.users = builtins.listToAttrs (map (name: { inherit name; value = { isNormalUser = true; uid = 1; }; }) [ ''a'' ''b'' ]); }":
    /UIDs and GIDs must be unique/,
  '{ networking.firewall.allowedTCPPorts = [ "80" ]; }': /is not of type/,
  "{ nixpkgs.overlays = [ { } ]; }": /is not of type `nixpkgs overlay'/,
  "{ system.nixos.release = ''1''; }": /read-only/,
  "{ sops.secrets.a = { }; }": /`sops' does not exist/,
};

const PLAIN_FLAKE = `
  {
    inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";
    outputs = { self, nixpkgs }:
      let
        inherit (nixpkgs) lib;
        packagesFor = system: import nixpkgs {
          inherit system;
          config.allowUnfreePredicate = package: lib.getName package == "claude-code";
        };
      in
      {
        packages = lib.genAttrs [ "aarch64-linux" "x86_64-linux" ] (system: {
          claude = (packagesFor system).callPackage ./claude.nix { };
        });
        overlays.default = final: prev: { claude = final.callPackage ./claude.nix { }; };
        nixosModules.default = { pkgs, ... }: {
          nixpkgs.overlays = [ self.overlays.default ];
          nixpkgs.config.allowUnfree = true;
          environment.systemPackages = [ pkgs.claude pkgs.git ];
        };
        nixosConfigurations.host = lib.nixosSystem {
          system = "x86_64-linux";
          modules = [ self.nixosModules.default ];
        };
      };
  }`;

const CLAUDE =
  '{ claude-code, lib, writeShellScriptBin }: writeShellScriptBin "claude" "exec ${lib.getExe claude-code}"';

const PARTS_FLAKE = `
  {
    inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";
    inputs.flake-parts.url = "github:hercules-ci/flake-parts";
    outputs = inputs@{ self, nixpkgs, flake-parts }:
      flake-parts.lib.mkFlake { inherit inputs; } ({ withSystem, ... }: {
        systems = [ "aarch64-linux" "x86_64-linux" ];
        imports = [ ./module.nix ];
        flake.nixosConfigurations.host = nixpkgs.lib.nixosSystem {
          system = "x86_64-linux";
          modules = [
            { environment.systemPackages = [ (withSystem "x86_64-linux" ({ config, ... }: config.packages.claude or (throw "none"))) ]; }
            (self.nixosModules.sandboxes or { })
            { nixpkgs.overlays = builtins.attrValues self.overlays; sops.secrets.a = { }; }
            nixpkgs.nixosModules.secrets
          ];
        };
      });
  }`;

const PARTS_MODULE = `
  { lib, ... }:
  {
    _class = "flake";
    flake.nixosModules.sandboxes = { pkgs, ... }: { environment.systemPackages = [ pkgs.git pkgs.mine ]; };
    flake.overlays.default = final: prev: { mine = final.codex; };
    perSystem = { config, lib, pkgs, self', inputs', system, ... }: {
      packages.claude = pkgs.writeShellScriptBin "claude" ''exec \${lib.getExe inputs'.nixpkgs.legacyPackages.codex} "$@"'';
      checks.claude = pkgs.writeText "\${system}-\${config.packages.claude.name}" "\${self'.packages.claude}";
    };
  }`;

/** Real flake-parts, where it is there to compare with: it needs real nixpkgs' lib. */
const FLAKE_PARTS = nixpkgsLib === "stand-in" ? undefined : process.env["FLAKE_PARTS"];

needs("nix", "nix-instantiate")("stand-ins for nixpkgs", () => {
  const nix = useNix();

  describe.each(libs)("lib ($name)", ({ path }) => {
    const within = (expression: string) => `${scope(path)} ${expression}`;
    const defined = (type: string, definitions: string) => `define (${type}) ${definitions}`;
    const expressions = [
      ...TYPES.flatMap(([type, accepted, refused]) =>
        [...Object.keys(accepted), ...refused].map((definitions) => defined(type, definitions)),
      ),
      ...Object.keys(VALUES),
    ];
    let results: ReadonlyMap<string, { readonly success: boolean; readonly value: unknown }>;

    beforeAll(async () => {
      const tried = await nix().evalJson(
        expressions.map((expression) =>
          within(`let value = ${expression}; in builtins.tryEval (builtins.deepSeq value value)`),
        ),
      );
      results = new Map(
        expressions.map((expression, index) => [expression, tried[index] as never]),
      );
    });

    it.each(TYPES)("has the type %s", (type, accepted, refused) => {
      for (const [definitions, expected] of Object.entries(accepted)) {
        const expression = defined(type, definitions);
        expect(results.get(expression), expression).toEqual({ success: true, value: expected });
      }
      for (const definitions of refused) {
        const expression = defined(type, definitions);
        expect(results.get(expression), expression).toEqual({ success: false, value: false });
      }
    });

    it.each(Object.entries(VALUES))("%s", (expression, expected) => {
      expect(results.get(expression)).toEqual(
        expected === null ? { success: false, value: false } : { success: true, value: expected },
      );
    });

    it("imports files, each once, and names them in errors", async () => {
      const directory = await mkdtemp(join(nix().directory, "modules-"));
      const write = (name: string, text: string) => writeFile(join(directory, name), text);
      await write("a.nix", "{ imports = [ ./b.nix ./b.nix ]; x = [ 1 ]; }");
      await write("b.nix", "{ lib, ... }: { x = lib.mkAfter [ 2 ]; }");
      await write("c.nix", "{ imports = [ ./b.nix ]; y = 3; }");
      const together = (...names: readonly string[]) =>
        within(
          `evaluate [ (option (listOf int)) ${names.map((name) => `${directory}/${name}`).join(" ")} ]`,
        );
      expect(await nix().evalJson([together("a.nix", "b.nix")])).toEqual([{ x: [1, 2] }]);
      await expect(nix().evalJson([together("a.nix", "c.nix")])).rejects.toThrow(
        /`y' does not exist[\s\S]*\/c\.nix': 3/,
      );
    });

    it.each(Object.entries(MESSAGES))("says what is wrong with %s", async (expression, message) => {
      await expect(nix().evalJson([within(expression)])).rejects.toThrow(message);
    });
  });

  describe.each(libs)("NixOS modules ($name)", (lib) => {
    const evaluate = (module: string, select: string, options: ModuleOptions = {}) =>
      evalNixosModule(nix(), module, select, { lib, ...options });

    it("evaluates a host with a container and a service", async () => {
      const selected = await evaluate(
        HOST,
        `config:
          let
            inherit (config.containers) alice;
            service = config.systemd.services.forage-secrets-alice;
          in
          {
            packages = map (package: package.name) alice.config.environment.systemPackages;
            inherit (alice.config.users.users) agent;
            inherit (alice.config.boot) isContainer;
            inherit (alice.config.networking) hostName;
            inherit (alice.bindMounts."/run/secrets") mountPoint isReadOnly;
            inherit (service) before bindsTo requiredBy script serviceConfig;
            inherit (config.networking.nat) internalInterfaces;
            inherit (config.systemd.sockets.bridge) listenStreams socketConfig;
            proxy = baseNameOf "\${config.systemd.package}";
            git = config.programs.git.config.url;
            hostPackages = map (package: package.name) config.environment.systemPackages;
            file = config.environment.etc."nixos-containers/alice.conf".text;
            unit = config.systemd.services."container@alice".unitConfig;
          }`,
        { packages: ["git"], secrets: true, modules: ["{ sops.secrets.a = { }; }"] },
      );
      expect(selected).toEqual({
        packages: ["claude", "git-stand-in"],
        agent: expect.objectContaining({
          uid: 1000,
          group: "agent",
          home: "/home/agent",
          createHome: true,
        }),
        isContainer: true,
        hostName: "alice",
        mountPoint: "/run/secrets",
        isReadOnly: true,
        before: ["container@alice.service"],
        bindsTo: ["container@alice.service"],
        requiredBy: ["container@alice.service"],
        script: "install a /run/secrets/a",
        serviceConfig: {
          Type: "oneshot",
          RemainAfterExit: true,
          ExecStart: expect.stringMatching(/\/bin\/forage-secrets-alice-start $/),
          ExecStopPost: expect.stringMatching(/\/bin\/forage-secrets-alice-post-stop$/),
        },
        internalInterfaces: ["ve-alice"],
        listenStreams: ["/run/bridge/alice.sock"],
        socketConfig: { SocketMode: "0666" },
        proxy: expect.stringMatching(/-systemd-stand-in$/),
        git: { "http://a/": { insteadOf: ["https://b/"] } },
        hostPackages: ["git-stand-in"],
        file: expect.stringMatching(
          /^SYSTEM_PATH=\S+-nixos-system-alice\nPRIVATE_NETWORK=1\nHOST_ADDRESS=10\.233\.1\.1\nLOCAL_ADDRESS=10\.233\.1\.2\nEXTRA_NSPAWN_FLAGS=" --bind-ro=\/run\/forage-secrets\/alice:\/run\/secrets"\n$/,
        ),
        unit: { RequiresMountsFor: ["/run/forage-secrets/alice"] },
      });
    });

    it("evaluates a module in a file, with agenix' options", async () => {
      const file = join(nix().directory, "module.nix");
      await writeFile(
        file,
        "{ config, ... }: { environment.variables.A = config.age.secrets.a.path; }",
      );
      const modules = ["{ age.secrets.a = { }; }"];
      expect(
        await evaluate(file, "config: config.environment.variables", { secrets: true, modules }),
      ).toEqual({ A: "/run/agenix/a" });
      await expect(evaluate(file, "_: 1", { modules })).rejects.toThrow(
        "The option `age' does not exist",
      );
    });

    it("merges what several modules say of packages' configuration without a conflict", async () => {
      const modules = [
        '{ nixpkgs.config = { allowUnfreePredicate = _: false; allowedNames = [ "a" ]; }; }',
        "{ pkgs, ... }: { environment.systemPackages = [ pkgs.claude-code ]; }",
      ];
      await expect(
        evaluate("{ nixpkgs.config.allowUnfreePredicate = _: true; }", "_: 1", { modules }),
      ).resolves.toBe(1);
      await expect(
        evaluate(modules[0] ?? "", "_: 1", {
          modules: ["{ nixpkgs.config.allowUnfreePredicate = _: true; }", ...modules.slice(1)],
        }),
      ).rejects.toThrow("unfree");
    });

    it.each(Object.entries(REFUSED))("refuses %s", async (module, message) => {
      await expect(evaluate(module, "_: 1", { packages: ["git"] })).rejects.toThrow(message);
    });

    it("leaves assertions alone when only a part of the configuration is asked for", async () => {
      const module = '{ assertions = [ { assertion = false; message = "no"; } ]; }';
      expect(await evaluate(module, "config: config.warnings", { whole: false })).toEqual([]);
    });
  });

  describe("packages", () => {
    const evaluate = (expression: string) =>
      evalPackages(nix(), `nixpkgs: let pkgs = nixpkgs { }; in ${expression}`, {
        packages: ["git", "python3Packages.requests"],
      });

    it.each<[string, unknown]>([
      ["pkgs.lib.getName pkgs.claude-code", "claude-code"],
      ["pkgs.claude-code.meta.unfree", true],
      ["baseNameOf (pkgs.lib.getExe pkgs.git)", "git"],
      ["pkgs.python3Packages.requests.pname", "requests"],
      ["(import pkgs.path { config = pkgs.config // { a = 1; }; }).git.name", "git-stand-in"],
      ["(nixpkgs { config.allowUnfree = true; }).claude-code.name", "claude-code-stand-in"],
      [
        "pkgs.lib.isDerivation (nixpkgs { config = _: { allowUnfreePredicate = p: p.pname == ''claude-code''; }; }).claude-code.out",
        true,
      ],
      ["pkgs.callPackage ({ git, lib, a ? 1, b }: [ git.pname a b ]) { b = 2; }", ["git", 1, 2]],
      ["((pkgs.callPackage ({ a ? 1 }: { b = a; }) { }).override { a = 2; }).b", 2],
      ["(pkgs.callPackage ({ git }: { }) { }) ? override", true],
      [
        "(pkgs.extend (final: prev: { a = final.git.pname; git = prev.git // { pname = ''b''; }; })).a",
        "b",
      ],
      ["(nixpkgs { overlays = [ (_: _: { a = 1; }) (_: prev: { a = prev.a + 1; }) ]; }).a", 2],
      ["(pkgs.callPackage ({ a }: a) { a = 1; }) + builtins.length pkgs.overlays", 1],
      [
        "[ (nixpkgs { system = ''x-linux''; }).stdenv.hostPlatform.system (nixpkgs { system = ''y''; }).system ]",
        ["x-linux", "y"],
      ],
    ])("%s", async (expression, expected) => {
      expect(await evaluate(expression)).toEqual(expected);
    });

    it.each<[string, RegExp]>([
      ["pkgs.claude-code.drvPath", /‘claude-code’ has an unfree license/],
      ["pkgs.lib.getExe pkgs.claude-code", /‘claude-code’ has an unfree license/],
      ["''${pkgs.claude-code.out}''", /‘claude-code’ has an unfree license/],
      [
        "(nixpkgs { config.allowUnfreePredicate = p: false; }).claude-code.drvPath",
        /unfree license/,
      ],
      ["pkgs.callPackage ({ claude }: 1) { }", /without required argument "claude"/],
      ["pkgs.codex", /'codex' missing/],
    ])("refuses %s", async (expression, message) => {
      await expect(evaluate(expression)).rejects.toThrow(message);
    });
  });

  describe(`flakes (${nixpkgsLib})`, () => {
    async function flake(files: Readonly<Record<string, string>>): Promise<string> {
      const directory = await mkdtemp(join(nix().directory, "flake-"));
      for (const [name, text] of Object.entries(files))
        await writeFile(join(directory, name), text);
      return directory;
    }
    const packages = ["codex", "git"];

    it("evaluates and checks a plain flake", async () => {
      const directory = await flake({ "flake.nix": PLAIN_FLAKE, "claude.nix": CLAUDE });
      expect(await evalFlake(nix(), directory, "packages")).toEqual({
        "aarch64-linux": { claude: expect.stringMatching(/-claude$/) },
        "x86_64-linux": { claude: expect.stringMatching(/-claude$/) },
      });
      expect(
        await evalFlake(nix(), directory, "nixosConfigurations.host.config.environment", {
          packages,
          apply: "environment: map (package: package.name) environment.systemPackages",
        }),
      ).toEqual(["claude", "git-stand-in"]);
      await checkFlake(nix(), directory, { packages });
    });

    it.each<[string, string, RegExp]>([
      ["unfree packages", "config.allowUnfreePredicate = _: false;", /unfree license/],
    ])("refuses %s", async (_, argument, message) => {
      const text = PLAIN_FLAKE.replace(/config\.allowUnfreePredicate = .*;/, argument);
      const directory = await flake({ "flake.nix": text, "claude.nix": CLAUDE });
      await expect(checkFlake(nix(), directory, { packages })).rejects.toThrow(message);
    });

    const parts = [
      { name: "stand-in", overrides: {} },
      ...(FLAKE_PARTS ? [{ name: "real", overrides: { "flake-parts": FLAKE_PARTS } }] : []),
    ];
    describe.each(parts)("with flake-parts ($name)", ({ overrides }) => {
      const options = { packages, overrides };

      it("evaluates and checks a module", async () => {
        const directory = await flake({ "flake.nix": PARTS_FLAKE, "module.nix": PARTS_MODULE });
        expect(await evalFlake(nix(), directory, "packages", options)).toEqual({
          "aarch64-linux": { claude: expect.stringMatching(/-claude$/) },
          "x86_64-linux": { claude: expect.stringMatching(/-claude$/) },
        });
        const { _file, ...module } = (await evalFlake(nix(), directory, "nixosModules.sandboxes", {
          ...options,
          apply:
            "module: { inherit (module) _class _file; imports = builtins.length module.imports; }",
        })) as Record<string, unknown>;
        expect(_file).toMatch(/\/flake\.nix#nixosModules\.sandboxes$/);
        expect(module).toEqual({ _class: "nixos", imports: 1 });
        expect(
          await evalFlake(nix(), directory, "nixosConfigurations.host.config.environment", {
            ...options,
            apply: "environment: map (package: package.name) environment.systemPackages",
          }),
        ).toEqual(["git-stand-in", "codex-stand-in", "claude"]);
        await checkFlake(nix(), directory, options);
      });

      it.each<[string, string, RegExp]>([
        ["a module of another class", '{ _class = "nixos"; }', /expects class .?"flake/],
        ["an option that is not there", "{ perSytem = _: { }; }", /`perSytem' does not exist/],
        [
          "an option that is not there for each system",
          "{ perSystem = _: { package = 1; }; }",
          /`perSystem\.\S+\.package' does not exist/,
        ],
        [
          "a package that is none",
          '{ perSystem = _: { packages.a = "a"; }; }',
          /`perSystem\.\S+\.packages\.a' is not of type `package'/,
        ],
        [
          "an overlay that is none",
          "{ flake.overlays.a = { }; }",
          /`flake\.overlays\.a' is not of type `function/,
        ],
        [
          "an output with two definitions",
          "{ imports = [ { flake.a = 1; } { flake.a = 1; } ]; }",
          /`flake\.a' is defined multiple times/,
        ],
        [
          "a NixOS module of another class",
          '{ flake.nixosModules.sandboxes = { _class = "flake"; }; }',
          /expects class .?"nixos/,
        ],
      ])("refuses %s", async (_, module, message) => {
        const directory = await flake({ "flake.nix": PARTS_FLAKE, "module.nix": module });
        await expect(checkFlake(nix(), directory, options)).rejects.toThrow(message);
      });
    });
  });
});
