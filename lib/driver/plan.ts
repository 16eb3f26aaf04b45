import type { SandboxSystem } from "../emit/system.ts";
import { SECRETS_ROOT } from "../schema/paths.ts";
import { nixosContainer } from "./environment.ts";
import { insideArgv, runsPattern } from "./inside.ts";
import { BUILD_SANDBOX, type Places } from "./places.ts";
import type { SandboxRecord } from "./records.ts";
import type { Action, Step } from "./steps.ts";
import type { TimeLimits } from "./time-limits.ts";

const SECRET_MODE = 0o400;

/** What a sandbox is made from. */
export interface Blueprint {
  readonly record: SandboxRecord;
  readonly system: SandboxSystem;
  /** A directory of nixpkgs; without one `<nixpkgs>` is meant. */
  readonly nixpkgs: string | undefined;
}

/** All that `up` changes, in its order. */
export function planUp(
  { record, system, nixpkgs }: Blueprint,
  places: Places,
  limits: TimeLimits,
): Step[] {
  const build = [
    "nix-build",
    BUILD_SANDBOX,
    ...["--argstr", "name", record.name],
    ...["--argstr", "module", places.module],
    ...(nixpkgs === undefined ? [] : ["--argstr", "nixpkgs", nixpkgs]),
    ...["--out-link", places.system],
  ];
  return [
    step("module", "write the container's configuration", {
      kind: "write",
      path: places.module,
      text: system.module,
      mode: 0o644,
    }),
    step("build", "build the system", run(build, limits.build)),
    ...planStart(record, places, limits),
  ];
}

/** The same for a sandbox whose container, secrets and all else but its system are made anew. */
export function planReset(record: SandboxRecord, places: Places, limits: TimeLimits): Step[] {
  return [...planEnd(record.name, places, limits), ...planStart(record, places, limits)];
}

/** What makes a container and its secrets, and starts it. */
function planStart(record: SandboxRecord, places: Places, limits: TimeLimits): Step[] {
  const { name, createArguments, conf, user, bridge } = record;
  const create = [nixosContainer(), "create", name, "--system-path", places.system];
  return [
    ...(record.secrets.length === 0
      ? []
      : [
          step("secrets-root", "make the directory of all secrets", {
            kind: "directory",
            // Root's alone: a sandbox sees its own only, through the bind.
            path: SECRETS_ROOT,
            mode: 0o700,
            isFresh: false,
          }),
          step("secrets-directory", "make the directory of its secrets", {
            kind: "directory",
            path: places.secrets,
            mode: 0o755,
            isFresh: true,
          }),
          ...copySecrets(record, places, false),
        ]),
    // Its socket's directory has to be there to be bound.
    ...(bridge === undefined
      ? []
      : [
          step("register", "let it use the bridge", {
            kind: "register",
            sandbox: name,
            grant: bridge.grant,
          }),
        ]),
    step("create", "create the container", run([...create, ...createArguments], limits.create)),
    step("conf", "add what it sees of the host", { kind: "append", path: places.conf, text: conf }),
    step("drop-in", "tie the secrets to the container's life", {
      kind: "drop-in",
      unit: places.unit,
      path: places.dropIn,
      text: dropIn(places),
      mode: 0o644,
    }),
    step("start", "start the container", run([nixosContainer(), "start", name], limits.start)),
    step(
      "ready",
      "wait until it runs commands",
      run(insideArgv({ name, user }, ["true"]), limits.start),
    ),
  ];
}

/** What brings new values of the secrets into a sandbox that runs. */
export function planRotate(record: SandboxRecord, places: Places): Step[] {
  return copySecrets(record, places, true);
}

function copySecrets({ secrets, user }: SandboxRecord, places: Places, replaces: boolean): Step[] {
  return secrets.map(({ name, file }) =>
    step(`secret:${name}`, `copy the secret ${name}`, {
      kind: "copy-secret",
      secret: name,
      from: file,
      to: `${places.secrets}/${name}`,
      mode: SECRET_MODE,
      uid: user.uid,
      replaces,
    }),
  );
}

/**
 * All that `down` changes: each step is done whatever became of those before it.
 *
 * @param record what is known of the sandbox, which tells what there may be of it
 */
export function planDown(
  name: string,
  places: Places,
  limits: TimeLimits,
  record: SandboxRecord | undefined,
): Step[] {
  return [
    ...(mayHaveContainer(record) ? planEnd(name, places, limits) : [removeSecrets(places)]),
    ...(mayUseBridge(record)
      ? [step("unregister", "end its use of the bridge", { kind: "unregister", sandbox: name })]
      : []),
    step("system", "let go of the system", { kind: "release", path: places.system }),
    step("state", "remove its state", { kind: "remove", paths: [places.state] }),
  ];
}

function removeSecrets({ secrets }: Places): Step {
  return step("secrets", "remove its secrets", { kind: "remove", paths: [secrets] });
}

function planEnd(name: string, places: Places, limits: TimeLimits): Step[] {
  // A command that runs in it can hang the stop for as long as the unit allows.
  const endRuns = ["systemctl", `--machine=${name}`, "stop", runsPattern];
  return [
    step("runs", "end the commands in it", {
      kind: "end-runs",
      machine: name,
      argv: endRuns,
      timeLimitMs: limits.stop,
    }),
    // Also when it is down: a start that has failed may be tried again by systemd meanwhile.
    step("stop", "stop the container", {
      kind: "stop",
      unit: places.unit,
      machine: name,
      timeLimitMs: limits.stop,
    }),
    step(
      "destroy",
      "destroy the container",
      run([nixosContainer(), "destroy", name], limits.create),
    ),
    removeSecrets(places),
    step("untie", "remove the addition to its unit", {
      kind: "remove",
      paths: [places.dropIn],
      emptied: places.dropInDirectory,
    }),
    step("remnants", "remove what is left of it", {
      kind: "sweep",
      sandbox: name,
      paths: [places.root, places.profiles, places.gcRoots, places.conf],
    }),
  ];
}

/**
 * The secrets go when the container has ended, however that came about, unless it is rebooting (133), when it comes back.
 * Nothing starts it again by itself: a start that is repeated would outlive its own end.
 */
function dropIn({ secrets }: Places): string {
  return [
    "# Written by `forage up`.",
    "[Service]",
    "Restart=no",
    `ExecStopPost=-/bin/sh -c 'test "$EXIT_STATUS" = 133 || rm -rf -- ${secrets}'`,
    "",
  ].join("\n");
}

/** Whether a sandbox has a container of ours, or one was about to be made; without a record there may be one. */
export function mayHaveContainer(record: SandboxRecord | undefined): boolean {
  if (record?.state !== "starting") return true;
  const { step = "" } = record;
  return !(BEFORE_CREATE.has(step) || step.startsWith("secret:"));
}

/** Also where nobody knows any more what it was. */
function mayUseBridge(record: SandboxRecord | undefined): boolean {
  return record === undefined || record.state === "unreadable" || record.bridge !== undefined;
}

/** A step that is before the container's. */
export const WITHOUT_CONTAINER = "build";
const BEFORE_CREATE: ReadonlySet<string> = new Set([
  "module",
  WITHOUT_CONTAINER,
  "secrets-root",
  "secrets-directory",
  "register",
]);

function step(id: string, title: string, action: Action): Step {
  return { id, title, action };
}

function run(argv: readonly string[], timeLimitMs: number): Extract<Action, { kind: "run" }> {
  return { kind: "run", argv, timeLimitMs, mayFail: false };
}
