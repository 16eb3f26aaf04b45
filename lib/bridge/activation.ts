/** Sockets that systemd has opened already, by the names that it calls them (sd_listen_fds(3)). */
export function passedSockets(environment: NodeJS.ProcessEnv): ReadonlyMap<string, number> {
  const { LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES = "" } = environment;
  if (LISTEN_PID !== String(process.pid)) return new Map();
  const names = LISTEN_FDNAMES.split(":");
  const first = 3;
  return new Map(
    Array.from({ length: Number(LISTEN_FDS) }, (_, at) => [names[at] ?? "", first + at] as const),
  );
}
