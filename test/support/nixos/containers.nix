# Stand-ins for the options of NixOS' containers: a container's configuration is evaluated as NixOS does, with packages of
# its own, and each container becomes a unit and a file that the unit reads.
{
  config,
  evalConfig,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib)
    concatMapStrings
    mkDefault
    mkIf
    mkOption
    mkOptionType
    optionalString
    types
    ;
  inherit (types)
    attrsOf
    bool
    int
    listOf
    nullOr
    path
    str
    submodule
    unspecified
    ;

  option = type: default: mkOption { inherit type default; };
  host = config;

  bindMount =
    { name, ... }:
    {
      options = {
        mountPoint = option str name;
        hostPath = option (nullOr str) null;
        isReadOnly = option bool true;
      };
    };

  device.options = {
    node = mkOption { type = str; };
    modifier = mkOption { type = str; };
  };

  forwardedPort.options = {
    protocol = option str "tcp";
    hostPort = mkOption { type = int; };
    containerPort = option (nullOr int) null;
  };

  # What NixOS sets in every container.
  inContainer = name: privateNetwork: {
    _file = "nixos/modules/virtualisation/nixos-containers.nix";
    config = {
      nixpkgs.system = mkDefault host.nixpkgs.hostPlatform;
      boot.isContainer = true;
      networking.hostName = mkDefault name;
      networking.useDHCP = false;
      assertions = [
        {
          assertion = privateNetwork -> lib.stringLength name <= 11;
          message = "Container name `${name}` is too long: When `privateNetwork` is enabled, container names can not be longer than 11 characters, because the container's interface name is derived from it.";
        }
        {
          assertion = !lib.hasInfix "_" name;
          message = "Names containing underscores are not allowed in nixos-containers. Please rename the container '${name}'";
        }
      ];
    };
  };

  container =
    {
      config,
      name,
      options,
      ...
    }:
    {
      options = {
        config = mkOption {
          type = mkOptionType {
            name = "Toplevel NixOS config";
            merge =
              _: defs:
              (evalConfig {
                modules = [ (inContainer name config.privateNetwork) ] ++ map (def: def.value) defs;
                prefix = [
                  "containers"
                  name
                ];
                inherit (config) specialArgs;
              }).config;
          };
        };
        path = mkOption { type = path; };
        nixpkgs = option path pkgs.path;
        specialArgs = option (attrsOf unspecified) { };

        autoStart = option bool false;
        ephemeral = option bool false;
        restartIfChanged = option bool true;
        timeoutStartSec = option str "1min";

        additionalCapabilities = option (listOf str) [ ];
        allowedDevices = option (listOf (submodule device)) [ ];
        bindMounts = option (attrsOf (submodule bindMount)) { };
        enableTun = option bool false;
        extraFlags = option (listOf str) [ ];
        tmpfs = option (listOf str) [ ];

        privateNetwork = option bool false;
        forwardPorts = option (listOf (submodule forwardedPort)) [ ];
        hostAddress = option (nullOr str) null;
        hostAddress6 = option (nullOr str) null;
        hostBridge = option (nullOr str) null;
        localAddress = option (nullOr str) null;
        localAddress6 = option (nullOr str) null;
      };

      config.path = mkIf options.config.isDefined config.config.system.build.toplevel;
    };

  fileOf =
    container:
    let
      line = name: value: optionalString (value != null) "${name}=${value}\n";
      port =
        {
          protocol,
          hostPort,
          containerPort,
        }:
        "${protocol}:${toString hostPort}:${
          toString (if containerPort == null then hostPort else containerPort)
        }";
      bind =
        {
          mountPoint,
          hostPath,
          isReadOnly,
        }:
        " --bind${optionalString isReadOnly "-ro"}=${
           optionalString (hostPath != null) "${hostPath}:"
         }${mountPoint}";
    in
    line "SYSTEM_PATH" "${container.path}"
    + optionalString container.privateNetwork (
      "PRIVATE_NETWORK=1\n"
      + line "HOST_BRIDGE" container.hostBridge
      +
        optionalString (container.forwardPorts != [ ])
          "HOST_PORT=${lib.concatMapStringsSep "," port container.forwardPorts}\n"
      + line "HOST_ADDRESS" container.hostAddress
      + line "HOST_ADDRESS6" container.hostAddress6
      + line "LOCAL_ADDRESS" container.localAddress
      + line "LOCAL_ADDRESS6" container.localAddress6
    )
    + optionalString container.autoStart "AUTO_START=1\n"
    + ''
      EXTRA_NSPAWN_FLAGS="${concatMapStrings bind (lib.attrValues container.bindMounts)}${
        concatMapStrings (flag: " ${flag}") container.extraFlags
      }"
    '';

  unitOf =
    name: container:
    {
      description = "Container '%i'";
      environment.INSTANCE = "%i";
      environment.root =
        if container.ephemeral then "/run/nixos-containers/%i" else "/var/lib/nixos-containers/%i";
      script = "exec systemd-nspawn $EXTRA_NSPAWN_FLAGS";
      serviceConfig = {
        DeviceAllow = map ({ node, modifier }: "${node} ${modifier}") container.allowedDevices;
        Restart = "on-failure";
        Slice = "machine.slice";
        TimeoutStartSec = container.timeoutStartSec;
        Type = "notify";
      };
      unitConfig.RequiresMountsFor = map (
        { mountPoint, hostPath, ... }: if hostPath == null then mountPoint else hostPath
      ) (lib.attrValues container.bindMounts);
    }
    // (
      if container.autoStart then
        {
          wantedBy = [ "machines.target" ];
          wants = [ "network.target" ];
          after = [ "network.target" ];
          restartTriggers = [
            container.path
            config.environment.etc."nixos-containers/${name}.conf".source
          ];
          inherit (container) restartIfChanged;
        }
      else
        { restartIfChanged = false; }
    );
in
{
  options = {
    boot.enableContainers = option bool true;
    boot.isContainer = option bool false;
    containers = option (attrsOf (submodule container)) { };
  };

  config = mkIf config.boot.enableContainers {
    environment.etc = lib.mapAttrs' (
      name: container: lib.nameValuePair "nixos-containers/${name}.conf" { text = fileOf container; }
    ) config.containers;
    systemd.services = lib.mapAttrs' (
      name: container: lib.nameValuePair "container@${name}" (unitOf name container)
    ) config.containers;
    networking.useHostResolvConf = mkIf config.boot.isContainer (mkDefault true);
  };
}
