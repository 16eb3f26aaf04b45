# Stand-ins for the options of systemd's services and sockets.
{ lib, pkgs, ... }:
let
  inherit (lib)
    mkIf
    mkMerge
    mkOption
    mkOptionType
    types
    ;
  inherit (types)
    attrsOf
    bool
    lines
    listOf
    nullOr
    oneOf
    package
    path
    str
    submodule
    unspecified
    ;

  option = type: default: mkOption { inherit type default; };

  # Lists are joined; anything else must be equal.
  setting = mkOptionType {
    name = "systemd option";
    merge =
      loc: defs:
      let
        strongest = lib.filterOverrides defs;
      in
      if lib.any (def: lib.isList def.value) strongest then
        lib.concatMap (def: lib.toList def.value) strongest
      else
        lib.mergeEqualOption loc strongest;
  };

  oneOfValues =
    name: values: set:
    !(set ? ${name}) || lib.elem set.${name} values;
  serviceConfig = types.addCheck (attrsOf setting) (
    set:
    oneOfValues "Type" [
      "dbus"
      "exec"
      "forking"
      "idle"
      "notify"
      "notify-reload"
      "oneshot"
      "simple"
    ] set
    && oneOfValues "Restart" [
      "always"
      "no"
      "on-abnormal"
      "on-abort"
      "on-failure"
      "on-success"
    ] set
  );

  units = option (listOf (
    types.strMatching "[a-zA-Z0-9@%:_.\\-]+[.](service|socket|device|mount|automount|swap|target|path|timer|scope|slice)"
  )) [ ];

  # The program for one of a service's scripts.
  program =
    name: text:
    let
      file = lib.replaceStrings [ "@" ] [ "_" ] name;
    in
    "${
      pkgs.writeTextFile {
        name = "unit-script-${file}";
        executable = true;
        destination = "/bin/${file}";
        text = "#!${pkgs.runtimeShell} -e\n${text}\n";
      }
    }/bin/${file}";

  # What all units have.
  unit = {
    enable = option bool true;
    description = option types.singleLineStr "";

    after = units;
    before = units;
    bindsTo = units;
    conflicts = units;
    partOf = units;
    requiredBy = units;
    requires = units;
    wantedBy = units;
    wants = units;

    unitConfig = option (attrsOf setting) { };
  };

  socket.options = unit // {
    listenStreams = option (listOf str) [ ];
    listenDatagrams = option (listOf str) [ ];
    socketConfig = option (attrsOf setting) { };
  };

  service =
    { config, name, ... }:
    {
      options = unit // {
        environment = option (attrsOf (
          nullOr (oneOf [
            str
            path
            package
          ])
        )) { };
        path = option (listOf (oneOf [
          package
          str
        ])) [ ];
        overrideStrategy = option (types.enum [
          "asDropinIfExists"
          "asDropin"
        ]) "asDropinIfExists";

        script = option lines "";
        scriptArgs = option str "";
        preStart = option lines "";
        postStart = option lines "";
        reload = option lines "";
        preStop = option lines "";
        postStop = option lines "";

        serviceConfig = option serviceConfig { };

        reloadIfChanged = option bool false;
        restartIfChanged = option bool true;
        restartTriggers = option (listOf unspecified) [ ];
        stopIfChanged = option bool true;
      };

      config.serviceConfig = mkMerge [
        (mkIf (config.preStart != "") { ExecStartPre = [ (program "${name}-pre-start" config.preStart) ]; })
        (mkIf (config.script != "") {
          ExecStart = "${program "${name}-start" config.script} ${config.scriptArgs}";
        })
        (mkIf (config.postStart != "") {
          ExecStartPost = [ (program "${name}-post-start" config.postStart) ];
        })
        (mkIf (config.reload != "") { ExecReload = program "${name}-reload" config.reload; })
        (mkIf (config.preStop != "") { ExecStop = program "${name}-pre-stop" config.preStop; })
        (mkIf (config.postStop != "") { ExecStopPost = program "${name}-post-stop" config.postStop; })
      ];
    };
in
{
  options.systemd = {
    package = option package pkgs.systemd;
    services = option (attrsOf (submodule service)) { };
    sockets = option (attrsOf (submodule socket)) { };
    tmpfiles.rules = option (listOf str) [ ];
  };
}
