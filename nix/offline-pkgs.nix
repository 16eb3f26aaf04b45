# A stand-in for Nixpkgs, for machines that have no <nixpkgs>: the demo and the tests build with it, offline, with nothing
# but the system's bash and coreutils. What it has is what wrappers need, with Nixpkgs' names and meanings.
#
# `claude-code` and `aider-chat` are no agents here, only scripts that say what an agent would see.
{
  bash ? if builtins.pathExists "/bin/bash" then "/bin/bash" else "/run/current-system/sw/bin/bash",
  system ? builtins.currentSystem,
}:
let
  inherit (builtins)
    attrNames
    concatStringsSep
    elem
    isAttrs
    isString
    listToAttrs
    match
    parseDrvName
    replaceStrings
    trace
    typeOf
    ;

  lib = {
    assertMsg = condition: message: condition || throw message;
    isDerivation = value: isAttrs value && value.type or null == "derivation";
    warn = message: trace "evaluation warning: ${message}";

    getName = package: package.pname or (parseDrvName package.name).name;
    getBin =
      package:
      if package.outputSpecified or false then package else package.bin or package.out or package;

    getExe =
      package:
      lib.getExe' package (
        package.meta.mainProgram or (
          let
            name = lib.getName package;
          in
          lib.warn "getExe: Package ${name} does not have the meta.mainProgram attribute. We'll assume that the main program has the same name for now." name
        )
      );

    getExe' =
      package: program:
      assert lib.assertMsg (lib.isDerivation package)
        "lib.meta.getExe': The first argument is of type ${typeOf package}, but it should be a derivation instead.";
      assert lib.assertMsg (isString program)
        "lib.meta.getExe': The second argument is of type ${typeOf program}, but it should be a string instead.";
      assert lib.assertMsg (match ".*/.*" program == null)
        "lib.meta.getExe': The second argument \"${program}\" is a nested path with a \"/\" character, but it should just be the name of the executable instead.";
      "${lib.getBin package}/bin/${program}";

    # Bare where a shell reads it as it is, else in single quotes.
    escapeShellArg =
      word:
      let
        text = toString word;
      in
      if match "[[:alnum:],._+:@%/-]+" text != null then
        text
      else
        "'${replaceStrings [ "'" ] [ "'\\''" ] text}'";
    escapeShellArgs = words: concatStringsSep " " (map lib.escapeShellArg words);

    # Every line ends with a line break.
    concatLines = lines: concatStringsSep "" (map (line: "${line}\n") lines);

    inherit elem;
    nameValuePair = name: value: { inherit name value; };
    genAttrs = names: valueOf: listToAttrs (map (name: lib.nameValuePair name (valueOf name)) names);
    mapAttrsToList = each: set: map (name: each name set.${name}) (attrNames set);
    mapAttrs' = each: set: listToAttrs (lib.mapAttrsToList each set);
  };

  runtimeShell = bash;

  writeTextFile =
    {
      name,
      text,
      executable ? false,
      destination ? "",
      checkPhase ? "",
      meta ? { },
    }:
    derivation {
      inherit
        name
        system
        text
        executable
        destination
        checkPhase
        ;
      builder = bash;
      args = [
        "-euc"
        ''
          target=$out$destination
          mkdir -p "$(dirname "$target")"
          mv "$textPath" "$target"
          if [ -n "$executable" ]; then chmod +x "$target"; fi
          eval "$checkPhase"
        ''
      ];
      PATH = "/usr/bin:/bin:/run/current-system/sw/bin";
      passAsFile = [ "text" ];
      preferLocalBuild = true;
      allowSubstitutes = false;
    }
    // {
      inherit meta;
    };

  writeText = name: text: writeTextFile { inherit name text; };

  # What both kinds of script have in common.
  shellScript = text: {
    executable = true;
    text = ''
      #!${runtimeShell}
      ${text}
    '';
    checkPhase = ''
      ${bash} -n -O extglob "$target"
    '';
  };

  writeShellScript = name: text: writeTextFile (shellScript text // { inherit name; });

  writeShellScriptBin =
    name: text:
    writeTextFile (
      shellScript text
      // {
        inherit name;
        destination = "/bin/${name}";
        meta.mainProgram = name;
      }
    );

  # Prints its process id, the variables that STAND_IN_SHOW names, and its arguments, each on a line and quoted as bash
  # quotes. Then it waits for the end of its input (STAND_IN_WAIT), dies of a signal (STAND_IN_SIGNAL), or exits with a
  # status (STAND_IN_STATUS).
  standIn =
    pname: mainProgram:
    writeTextFile (
      shellScript ''
        printf 'pid %s\n' "$$"
        for variable in ''${STAND_IN_SHOW-}; do
          if [[ -v $variable ]]; then
            printf '%s=%s\n' "$variable" "''${!variable@Q}"
          else
            printf '%s is not set\n' "$variable"
          fi
        done
        for argument; do
          printf 'argument %s\n' "''${argument@Q}"
        done
        if [[ ''${STAND_IN_WAIT-} ]]; then
          read -r -d "" || true
        fi
        if [[ ''${STAND_IN_SIGNAL-} ]]; then
          kill -s "$STAND_IN_SIGNAL" "$$"
        fi
        exit "''${STAND_IN_STATUS-0}"
      ''
      // {
        name = "${pname}-stand-in";
        destination = "/bin/${mainProgram}";
        meta = { inherit mainProgram; };
      }
    )
    // {
      inherit pname;
    };
in
{
  inherit
    lib
    runtimeShell
    standIn
    writeShellScript
    writeShellScriptBin
    writeText
    writeTextFile
    ;

  claude-code = standIn "claude-code" "claude";
  aider-chat = standIn "aider-chat" "aider";
}
