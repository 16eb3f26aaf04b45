import { withDir } from "tmp-promise";
import { measureCpu, measureGrowth } from "./bridge-cpu.js";
import { measureEvents, measureIdle } from "./bridge-events.js";
import { PROXIES, startProvider, startProxy, stop } from "./proxies.js";

/** Our bridge beside what one would put in its place. */
export async function benchBridge() {
  if (process.platform !== "linux")
    return ["A bridge: not measured, because only Linux tells how long another process has run"];
  return withDir(
    async ({ path: directory }) => {
      const provider = await startProvider();
      const running = [provider];
      const start = async (name, ...more) => {
        const proxy = await startProxy(name, directory, provider.url, ...more);
        if (proxy !== undefined) running.push(proxy);
        return proxy;
      };
      try {
        const proxies = {};
        const missing = [];
        for (const name of Object.keys(PROXIES)) {
          const proxy = await start(name);
          if (proxy === undefined) missing.push(name);
          else proxies[name] = proxy;
        }
        return [
          ...missing.map((name) => `A bridge: ${name} is left out, because it is not installed`),
          await measureCpu(proxies),
          await measureGrowth(proxies, start),
          await measureEvents(proxies, provider),
          await measureIdle(start),
        ];
      } finally {
        for (const one of running) await stop(one);
      }
    },
    { unsafeCleanup: true },
  );
}
