/**
 * What shuts the bridge's services off from the host, in the words of systemd. Node compiles as it runs, so that
 * MemoryDenyWriteExecute is not among it.
 */
export const HARDENING = {
  CapabilityBoundingSet: "",
  DevicePolicy: "closed",
  KeyringMode: "private",
  // A core dump would hold every key.
  LimitCORE: 0,
  LockPersonality: true,
  NoNewPrivileges: true,
  PrivateDevices: true,
  PrivateTmp: true,
  PrivateUsers: true,
  ProcSubset: "pid",
  ProtectClock: true,
  ProtectControlGroups: true,
  ProtectHome: true,
  ProtectHostname: true,
  ProtectKernelLogs: true,
  ProtectKernelModules: true,
  ProtectKernelTunables: true,
  ProtectProc: "invisible",
  ProtectSystem: "strict",
  RemoveIPC: true,
  RestrictAddressFamilies: ["AF_INET", "AF_INET6", "AF_UNIX"],
  RestrictNamespaces: true,
  RestrictRealtime: true,
  RestrictSUIDSGID: true,
  SystemCallArchitectures: "native",
  SystemCallErrorNumber: "EPERM",
  SystemCallFilter: ["@system-service", "~@privileged @resources"],
  UMask: "0077",
} as const;
