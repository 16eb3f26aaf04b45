import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { dir } from "tmp-promise";
import { childrenOf } from "./children.ts";
import { within } from "./within.ts";

const PROJECT = fileURLToPath(new URL("../..", import.meta.url));
/** Where the project is in the lab, whatever its path is here. */
const INSIDE = "/opt/forage";
const SUPPORT = `${INSIDE}/test/support/lab`;
const PATH = "/usr/sbin:/usr/bin:/sbin:/bin";

interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

interface InLab {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly directory?: string;
}

/** A command in the lab that goes on. */
interface Running {
  readonly child: ChildProcess;
  /** Sends a signal to the program itself. */
  readonly kill: (signal: NodeJS.Signals) => Promise<void>;
  readonly ended: Promise<Ran>;
}

/**
 * A host like one of NixOS: the machine's own root on a throw-away overlay, booted by systemd-nspawn, with the units and the
 * test double of `nixos-container` (or the real one that FORAGE_NIXOS_CONTAINER names). All in it is gone with it.
 */
export interface Lab {
  readonly run: (argv: readonly string[], options?: InLab) => Promise<Ran>;
  readonly start: (argv: readonly string[], options?: InLab) => Running;
  readonly bash: (script: string, options?: InLab) => Promise<Ran>;
  /** The built command line, in the directory of the lab's configuration. */
  readonly forage: (args: readonly string[], options?: InLab) => Promise<Ran>;
  readonly startForage: (args: readonly string[], options?: InLab) => Running;
  /** What is left of a sandbox on the host, a line each. */
  readonly leftovers: (name: string) => Promise<string>;
  readonly shutDown: () => Promise<void>;
}

/** The built command line in the lab, for scripts. */
export const FORAGE = `node ${INSIDE}/dist/cli/main.js`;

/** The directory of the lab's configuration. */
export const LAB_PROJECT = "/srv/project";

export async function bootLab(): Promise<Lab> {
  const { path: directory, cleanup } = await dir({ prefix: "forage-lab", unsafeCleanup: true });
  await mkdir(join(directory, "root"));
  const machine = `lab${process.pid}x${Date.now() % 100_000}`;
  const cgroups = await cgroupsFor(machine);
  // As on NixOS, where the machine can: a container's systemd is not told by the old ones when a unit has ended.
  const isUnified = cgroups.some((path) => existsSync(`${path}/cgroup.controllers`));
  const unified = isUnified ? "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 " : "";
  const nspawn = [
    `exec env ${unified}systemd-nspawn -q --register=no --keep-unit -M ${machine} -D "$0/root" --volatile=overlay`,
    `--bind-ro="$1:${INSIDE}" --private-network --console=pipe --kill-signal=SIGRTMIN+3`,
    "-b systemd.unit=basic.target",
  ].join(" ");
  const enter = cgroups.map((path) => `echo $$ >${path}/cgroup.procs; `).join("");
  const script = `${enter}exec unshare -m --propagation slave sh -c 'mount --bind / "$0/root" && ${nspawn}' "$0" "$1"`;
  const console: string[] = [];
  // Nothing else would end it if this process were killed.
  const withUs = ["--pdeathsig", "TERM", "sh", "-c", script, directory, PROJECT];
  const host = spawn("setpriv", withUs, {
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  host.stdout?.on("data", (data) => console.push(String(data)));
  host.stderr?.on("data", (data) => console.push(String(data)));
  const init = await within(`the lab's systemd: ${console.join("")}`, async () =>
    childNamed(host.pid ?? 0, "systemd"),
  );
  const container = process.env["FORAGE_NIXOS_CONTAINER"] ?? `${SUPPORT}/nixos-container`;

  const start: Lab["start"] = (argv, { input, env = {}, directory = "/" } = {}) => {
    const variables = Object.entries({
      PATH,
      HOME: "/root",
      FORAGE_NIXOS_CONTAINER: container,
      ...env,
    }).map(([name, value]) => `${name}=${value}`);
    const inner = ["env", "-i", "-C", directory, ...variables, ...argv];
    const child = spawn("nsenter", ["-t", String(init), "-a", "--", ...inner], {
      stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    });
    child.stdin?.end(input);
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout?.on("data", (data: Buffer) => out.push(data));
    child.stderr?.on("data", (data: Buffer) => err.push(data));
    const ended = new Promise<Ran>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code, signal) =>
        resolve({
          // nsenter dies of what its program has died of.
          status: code ?? 128 + (signal === "SIGKILL" ? 9 : 0),
          out: Buffer.concat(out).toString("utf8"),
          err: Buffer.concat(err).toString("utf8"),
        }),
      );
    });
    const kill = async (signal: NodeJS.Signals) => {
      // nsenter stays outside, as the parent, and sends no signal on.
      const [inside] = await childrenOf(child.pid ?? 0);
      try {
        if (inside !== undefined) process.kill(inside, signal);
      } catch {
        // It has ended by itself.
      }
    };
    return { child, kill, ended };
  };

  const run: Lab["run"] = (argv, options) => start(argv, options).ended;
  const bash: Lab["bash"] = (text, options) => run(["bash", "-euc", text], options);
  const cli = [process.execPath, `${INSIDE}/dist/cli/main.js`];
  const inProject = (options: InLab = {}): InLab => ({ directory: LAB_PROJECT, ...options });
  const shutDown = async () => {
    // Node knows no real-time signals.
    await execa("kill", ["-s", "RTMIN+3", String(init)], { reject: false });
    await Promise.race([new Promise((resolve) => host.once("close", resolve)), sleep(10_000)]);
    if (host.exitCode === null) process.kill(host.pid ?? 0, "SIGKILL");
    for (const path of cgroups) await removeCgroup(path);
    await cleanup();
  };
  const lab: Lab = {
    run,
    start,
    bash,
    forage: (args, options) => run([...cli, ...args], inProject(options)),
    startForage: (args, options) => start([...cli, ...args], inProject(options)),
    leftovers: async (name) => (await run([`${SUPPORT}/leftovers`], { env: { NAME: name } })).out,
    shutDown,
  };
  try {
    await within("the lab's boot", async () => {
      const { out } = await run(["systemctl", "is-system-running"]);
      return /running|degraded/.test(out) ? true : undefined;
    });
    const { status, err } = await run([`${SUPPORT}/furnish`, SUPPORT, LAB_PROJECT]);
    if (status !== 0) throw new Error(`the lab cannot be furnished: ${err}`);
  } catch (error) {
    await shutDown();
    throw error;
  }
  return lab;
}

/** What lab/drive.js is asked to do, and with what failure. */
export interface Drive {
  readonly task: "up" | "down" | "reset" | "rotate";
  readonly names: readonly string[];
  readonly template?: string;
  readonly fails?: { readonly step: string; readonly when: string };
  readonly atOnce?: number;
  readonly ignoreMissing?: boolean;
  readonly timeLimits?: Readonly<Record<string, number>>;
}

interface Driven {
  readonly events: readonly { readonly kind: string; readonly message?: string }[];
  readonly code?: string;
  readonly message?: string;
}

/** Has a driver do something, in a process of its own. */
export async function drive(lab: Lab, request: Drive): Promise<Driven> {
  const [driven] = await driveAll(lab, [request]);
  if (driven === undefined) throw new Error("drive.js has told nothing");
  return driven;
}

/** The same one after the other in one process, whatever becomes of each. */
export async function driveAll(lab: Lab, requests: readonly Drive[]): Promise<readonly Driven[]> {
  const argv = ["node", "/opt/lab/drive.js", JSON.stringify(requests)];
  const { status, out, err } = await lab.run(argv, { directory: LAB_PROJECT });
  if (status !== 0 || err !== "") throw new Error(`drive.js failed with ${status}: ${err}`);
  return JSON.parse(out) as Driven[];
}

/** The built command line, which dwells on a step until a signal has come: lab/paused.js. */
export function startPaused(lab: Lab, step: string, args: readonly string[]): Running {
  return lab.start(["node", "/opt/lab/paused.js", step, ...args, "--json"], {
    directory: LAB_PROJECT,
  });
}

/** Waits for a bridge that was started in the lab. */
export async function bridgeListens(lab: Lab): Promise<void> {
  await within("the bridge", async () => {
    const { status } = await lab.run(["test", "-S", "/run/forage-bridge/admin.sock"]);
    return status === 0 ? true : undefined;
  });
}

/**
 * Control groups of its own, in each hierarchy in which systemd may look for those of its units. Without them it would be
 * in this process's, and two labs would take each other's units for their own, and kill them.
 */
async function cgroupsFor(name: string): Promise<readonly string[]> {
  const hierarchies = ["", "/unified", "/systemd"].map((path) => `/sys/fs/cgroup${path}`);
  const made: string[] = [];
  for (const parent of hierarchies.filter((path) => existsSync(`${path}/cgroup.procs`))) {
    const path = `${parent}/${name}`;
    const isMade = await mkdir(path).then(
      () => true,
      () => false,
    );
    if (isMade) made.push(path);
  }
  return made;
}

/** systemd leaves those that it has made below. */
async function removeCgroup(path: string): Promise<void> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await removeCgroup(join(path, entry.name));
  await rmdir(path).catch(() => undefined);
}

async function childNamed(pid: number, name: string): Promise<number | undefined> {
  for (const child of await childrenOf(pid)) {
    const comm = (await readFile(`/proc/${child}/comm`, "utf8").catch(() => "")).trim();
    if (comm === name) return child;
  }
  return undefined;
}
