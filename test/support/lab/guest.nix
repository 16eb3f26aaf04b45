# A container's system that boots, from what the stand-ins for NixOS' options are set to: the user, the packages, the
# activation scripts. NixOS' own stage 2 does the same with much else.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) attrValues concatMapStringsSep;
  inherit (pkgs.stdenv) system;
  bash = "/bin/bash";

  base = import ./guest-base.nix { inherit bash system; };

  # `/run/current-system/sw`: the programs on the path of everybody.
  software = derivation {
    name = "system-path";
    inherit system;
    builder = bash;
    args = [
      "-euc"
      ''
        mkdir -p $out/bin
        for package in $packages; do
          ln -s $package/bin/* $out/bin/
        done
        true
      ''
    ];
    packages = config.environment.systemPackages;
    PATH = "/usr/bin:/bin";
  };

  users = lib.filter (user: user.isNormalUser) (attrValues config.users.users);

  passwd = pkgs.writeText "passwd" ''
    root:x:0:0:root:/root:/bin/sh
    messagebus:x:4:4:D-Bus:/run/dbus:/bin/false
    nobody:x:65534:65534:nobody:/var/empty:/bin/false
    ${concatMapStringsSep "\n" (
      user: "${user.name}:x:${toString user.uid}:${toString user.uid}::${user.home}:/bin/sh"
    ) users}
  '';
  group = pkgs.writeText "group" ''
    root:x:0:
    messagebus:x:4:
    nogroup:x:65534:
    ${concatMapStringsSep "\n" (user: "${user.group}:x:${toString user.uid}:") users}
  '';
  environment = pkgs.writeText "set-environment" ''
    export PATH=/run/current-system/sw/bin:/usr/bin:/bin
    ${concatMapStringsSep "\n" (
      name: "export ${name}=${lib.escapeShellArg config.environment.variables.${name}}"
    ) (builtins.attrNames config.environment.variables)}
  '';
  profile = pkgs.writeText "profile" ''
    . /etc/set-environment
  '';
  defaultTarget = pkgs.writeText "default.target" ''
    [Unit]
    Requires=basic.target dbus.socket
    After=basic.target dbus.socket
    AllowIsolate=yes
  '';

  # As NixOS' makes them of its options, as far as the sandboxes of this project have any.
  setting =
    name: value:
    concatMapStringsSep "\n" (
      one: "${name}=${if builtins.isBool one then lib.boolToString one else toString one}"
    ) (lib.toList value);
  settings = set: concatMapStringsSep "\n" (name: setting name set.${name}) (builtins.attrNames set);
  unit = kind: name: own: extra: ''
    cp ${pkgs.writeText "${name}.${kind}" extra} /etc/systemd/system/${name}.${kind}
    ${concatMapStringsSep "\n" (target: ''
      mkdir -p /etc/systemd/system/${target}.wants
      ln -sfn ../${name}.${kind} /etc/systemd/system/${target}.wants/
    '') own.wantedBy}
  '';
  sockets = concatMapStringsSep "\n" (
    name:
    let
      own = config.systemd.sockets.${name};
    in
    unit "socket" name own ''
      [Socket]
      ${setting "ListenStream" own.listenStreams}
      ${settings own.socketConfig}
    ''
  ) (builtins.attrNames config.systemd.sockets);
  services = concatMapStringsSep "\n" (
    name:
    let
      own = config.systemd.services.${name};
    in
    unit "service" name own ''
      [Unit]
      ${setting "Requires" own.requires}
      ${setting "After" own.after}
      [Service]
      ${settings own.serviceConfig}
    ''
  ) (builtins.attrNames config.systemd.services);

  homes = concatMapStringsSep "\n" (
    user: "install -d -m 0700 -o ${toString user.uid} -g ${toString user.uid} ${user.home}"
  ) users;
  scripts = concatMapStringsSep "\n" (
    script: if builtins.isString script then script else script.text
  ) (attrValues config.system.activationScripts);

  # There is nothing yet to run a program with but this, and the loader by its own path.
  staticBash = builtins.path {
    name = "bash-static";
    path = "/usr/bin/bash-static";
  };

  init = pkgs.writeTextFile {
    name = "init";
    executable = true;
    text = ''
      #!${staticBash}
      ${boot}
    '';
  };

  boot = ''
    base=${base}
    loaders=("$base"/usr/lib*/ld-linux*.so.*) libraries=("$base"/usr/lib/*-linux-gnu)
    run() {
      "''${loaders[0]}" --library-path "''${libraries[0]}:''${libraries[0]}/systemd" "$base/usr/bin/$1" "''${@:2}"
    }
    run mkdir -p /etc/systemd/system /root /home /var/log /var/empty /run/dbus
    run rm -rf /usr
    run ln -sfn "$base/usr" /usr
    run ln -sfn usr/bin /bin
    run ln -sfn usr/bin /sbin
    run ln -sfn usr/lib /lib
    run ln -sfn usr/lib64 /lib64
    export PATH=/usr/bin
    ln -sfn /run /var/run
    cp ${passwd} /etc/passwd
    cp ${group} /etc/group
    ln -sfn ${environment} /etc/set-environment
    ln -sfn ${profile} /etc/profile
    ln -sfn ${defaultTarget} /etc/systemd/system/default.target
    ${sockets}
    ${services}
    ln -sfn /nix/var/nix/profiles/system /run/current-system
    ${homes}
    ${scripts}
    exec /usr/lib/systemd/systemd
  '';

  toplevel = derivation {
    name = "nixos-system-${config.networking.hostName}";
    inherit init software system;
    builder = bash;
    args = [
      "-euc"
      ''
        mkdir $out
        ln -s $init $out/init
        ln -s $software $out/sw
        echo -n $system > $out/system
        true
      ''
    ];
    PATH = "/usr/bin:/bin";
  };
in
{
  system.build = lib.mkForce { inherit toplevel; };
  systemd.package = lib.mkForce (derivation {
    name = "systemd";
    inherit base system;
    builder = bash;
    args = [
      "-euc"
      "mkdir $out; ln -s $base/usr/lib $out/lib; true"
    ];
    PATH = "/usr/bin:/bin";
  });
}
