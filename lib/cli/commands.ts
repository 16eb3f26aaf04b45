import type { Command } from "commander";
import type { SetStatus } from "./help.ts";
import type { Terminal } from "./terminal.ts";

/** Adds a command, or several, to the program. */
type Add = (program: Command, terminal: Terminal, setStatus: SetStatus) => void;

interface Commands {
  readonly names: readonly string[];
  /** What each command needs is loaded for it alone: `forage exec` has to be quick. */
  readonly load: () => Promise<Add>;
}

/** All commands, in the order of the help. */
const ALL: readonly Commands[] = [
  { names: ["init"], load: async () => (await import("./init.ts")).addInit },
  { names: ["render"], load: async () => (await import("./render.ts")).addRender },
  { names: ["check"], load: async () => (await import("./check.ts")).addCheck },
  { names: ["up"], load: async () => (await import("./sandboxes/up.ts")).addUp },
  { names: ["down"], load: async () => (await import("./sandboxes/down.ts")).addDown },
  { names: ["ps"], load: async () => (await import("./sandboxes/ps.ts")).addPs },
  { names: ["exec", "shell"], load: async () => (await import("./sandboxes/exec.ts")).addExec },
  { names: ["logs"], load: async () => (await import("./sandboxes/logs.ts")).addLogs },
  {
    names: ["reset", "rotate"],
    load: async () => (await import("./sandboxes/renew.ts")).addRenewals,
  },
  { names: ["verify"], load: async () => (await import("./sandboxes/verify.ts")).addVerify },
  { names: ["gc"], load: async () => (await import("./sandboxes/gc.ts")).addGc },
  { names: ["bridge"], load: async () => (await import("./bridge/bridge.ts")).addBridge },
  { names: ["audit"], load: async () => (await import("./audit.ts")).addAudit },
  { names: ["agents"], load: async () => (await import("./agents.ts")).addAgents },
  { names: ["schema"], load: async () => (await import("./schema.ts")).addSchema },
  { names: ["completion"], load: async () => (await import("./completion.ts")).addCompletion },
];

/** Of what needs to know all the others. */
const NEED_ALL: ReadonlySet<string> = new Set(["completion", "help"]);

/** What adds the command that a command line names, or all where it names none. */
export async function commandsFor(args: readonly string[]): Promise<readonly Add[]> {
  const word = args.find((arg) => !arg.startsWith("-")) ?? "";
  const wanted = NEED_ALL.has(word) ? undefined : ALL.find(({ names }) => names.includes(word));
  const found: Add[] = [];
  for (const { load } of wanted === undefined ? ALL : [wanted]) found.push(await load());
  return found;
}
