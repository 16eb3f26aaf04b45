# Stand-ins for NixOS options, as a NixOS module for any `lib`: those that our modules set, with NixOS' types, defaults
# and assertions. Containers are in containers.nix, services in services.nix.
{
  config,
  lib,
  nixpkgs,
  pkgs,
  ...
}:
let
  inherit (lib)
    mkDefault
    mkIf
    mkOption
    mkOptionType
    types
    ;
  inherit (types)
    anything
    attrsOf
    bool
    either
    int
    lines
    listOf
    nullOr
    oneOf
    package
    passwdEntry
    path
    port
    str
    submodule
    unspecified
    ;

  option = type: default: mkOption { inherit type default; };

  # Definitions do not conflict: one of them wins, member by member.
  packageConfig = mkOptionType {
    name = "nixpkgs-config";
    description = "nixpkgs config";
    check = value: builtins.isAttrs value || lib.isFunction value;
    merge =
      _: defs:
      let
        called = value: if lib.isFunction value then value { inherit pkgs; } else value;
      in
      lib.foldr (def: lib.recursiveUpdate (called def.value)) { } defs;
  };

  overlay = mkOptionType {
    name = "nixpkgs-overlay";
    description = "nixpkgs overlay";
    check = lib.isFunction;
    merge = lib.mergeOneOption;
  };

  file =
    { config, name, ... }:
    {
      options = {
        enable = option bool true;
        target = option str name;
        text = option (nullOr lines) null;
        source = mkOption { type = path; };
        mode = option str "symlink";
        user = option str "+0";
        group = option str "+0";
      };
      config.source = mkIf (config.text != null) (
        mkDefault (pkgs.writeText "etc-${lib.replaceStrings [ "/" ] [ "-" ] name}" config.text)
      );
    };

  user =
    { config, name, ... }:
    {
      options = {
        name = option (passwdEntry str) name;
        description = option (passwdEntry str) "";
        isNormalUser = option bool false;
        isSystemUser = option bool false;
        uid = option (nullOr int) null;
        group = option str "";
        extraGroups = option (listOf str) [ ];
        home = option (passwdEntry path) "/var/empty";
        createHome = option bool false;
        shell = option (nullOr (either package (passwdEntry path))) null;
        packages = option (listOf package) [ ];
      };
      config = mkIf config.isNormalUser {
        group = mkDefault "users";
        createHome = mkDefault true;
        home = mkDefault "/home/${config.name}";
      };
    };

  group =
    { name, ... }:
    {
      options = {
        name = option (passwdEntry str) name;
        gid = option (nullOr int) null;
        members = option (listOf (passwdEntry str)) [ ];
      };
    };

  ports = {
    allowedTCPPorts = option (listOf port) [ ];
    allowedUDPPorts = option (listOf port) [ ];
  };

  ids =
    of: members: lib.filter (id: id != null) (lib.mapAttrsToList (_: member: member.${of}) members);
  failed = lib.filter (assertion: !assertion.assertion) config.assertions;
in
{
  options = {
    assertions = option (listOf unspecified) [ ];
    warnings = option (listOf str) [ ];

    environment = {
      systemPackages = option (listOf package) [ ];
      variables = mkOption {
        type = attrsOf (oneOf [
          (listOf (oneOf [
            int
            str
            path
          ]))
          int
          str
          path
        ]);
        default = { };
        apply = builtins.mapAttrs (_: value: lib.concatMapStringsSep ":" toString (lib.toList value));
      };
      etc = option (attrsOf (submodule file)) { };
    };

    programs.git = {
      enable = option bool false;
      package = option package pkgs.git;
      config =
        let
          ini = attrsOf (attrsOf anything);
        in
        option (either ini (listOf ini)) { };
    };

    users.users = option (attrsOf (submodule user)) { };
    users.groups = option (attrsOf (submodule group)) { };

    networking = {
      hostName = option str "nixos";
      enableIPv6 = option bool true;
      useDHCP = option bool true;
      useHostResolvConf = option bool false;
      nat = {
        enable = option bool false;
        enableIPv6 = option bool false;
        externalInterface = option (nullOr str) null;
        internalInterfaces = option (listOf str) [ ];
        internalIPs = option (listOf str) [ ];
      };
      firewall = ports // {
        enable = option bool true;
        extraCommands = option lines "";
        extraStopCommands = option lines "";
        interfaces = option (attrsOf (submodule {
          options = ports;
        })) { };
        trustedInterfaces = option (listOf str) [ ];
      };
    };

    nixpkgs = {
      config = option packageConfig { };
      overlays = option (listOf overlay) [ ];
      system = option str builtins.currentSystem;
      hostPlatform = option str config.nixpkgs.system;
    };

    system = {
      activationScripts = option (attrsOf (
        either lines (submodule {
          options = {
            deps = option (listOf str) [ ];
            text = option lines "";
          };
        })
      )) { };
      build = option (attrsOf unspecified) { };
      nixos.release = mkOption {
        type = str;
        default = lib.trivial.release;
        readOnly = true;
      };
      stateVersion = option str config.system.nixos.release;
    };
  };

  config = {
    _module.args.pkgs = nixpkgs {
      system = config.nixpkgs.hostPlatform;
      inherit (config.nixpkgs) config overlays;
    };

    environment.systemPackages = mkIf config.programs.git.enable [ config.programs.git.package ];

    users.groups.users.gid = 100;

    assertions = [
      {
        assertion = config.networking.nat.enableIPv6 -> config.networking.enableIPv6;
        message = "networking.nat.enableIPv6 requires networking.enableIPv6";
      }
      {
        assertion =
          let
            uids = ids "uid" config.users.users;
            gids = ids "gid" config.users.groups;
          in
          lib.unique uids == uids && lib.unique gids == gids;
        message = "UIDs and GIDs must be unique!";
      }
    ]
    ++ lib.concatMap (user: [
      {
        assertion = user.isNormalUser != user.isSystemUser;
        message = "Exactly one of users.users.${user.name}.isSystemUser and users.users.${user.name}.isNormalUser must be set.";
      }
      {
        assertion = user.group != "";
        message = "users.users.${user.name}.group is unset.";
      }
    ]) (lib.attrValues config.users.users);

    # Whoever asks for it needs all values of the configuration, and that assertions hold.
    system.build.toplevel =
      if failed != [ ] then
        throw "\nFailed assertions:\n${
          lib.concatMapStringsSep "\n" ({ message, ... }: "- ${message}") failed
        }"
      else
        lib.foldr lib.warn (pkgs.writeText "nixos-system-${config.networking.hostName}" (
          builtins.toJSON {
            inherit (config)
              environment
              networking
              systemd
              users
              ;
            inherit (config.system) activationScripts stateVersion;
            programs.git = { inherit (config.programs.git) enable config; };
            containers = builtins.mapAttrs (
              _: container:
              removeAttrs container [
                "config"
                "nixpkgs"
                "specialArgs"
              ]
            ) config.containers;
          }
        )) config.warnings;
  };
}
