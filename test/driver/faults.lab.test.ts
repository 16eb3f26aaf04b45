import { afterAll, describe, expect, it } from "vitest";
import { recordingDriver } from "../../lib/driver/recording.ts";
import { defineConfig } from "../../lib/index.ts";
import { needsLab, useLab } from "../support/lab.ts";
import { type Drive, drive, driveAll, type Lab, startPaused } from "../support/lab-host.ts";
import { lastAnswer } from "../support/within.ts";

const STATUSES = { SIGINT: 130, SIGTERM: 143 } as const;
/** After a SIGKILL nobody takes anything back: what a person does then, and what a timer does. */
type Signalled =
  | { readonly signal: keyof typeof STATUSES }
  | { readonly signal: "SIGKILL"; readonly by: "down" | "gc" };
const FAILURES = ["before", "after"] as const;
const SIGNALLED: readonly Signalled[] = [
  { signal: "SIGINT" },
  { signal: "SIGTERM" },
  { signal: "SIGKILL", by: "down" },
  { signal: "SIGKILL", by: "gc" },
];
const FAULTS = [...FAILURES.map((fails) => ({ fails })), ...SIGNALLED];

const TASKS = ["up", "down", "reset", "rotate"] as const;
type Task = (typeof TASKS)[number];
/** What leaves the sandbox whole, whatever becomes of it. */
const CHANGES_LITTLE: ReadonlySet<Task> = new Set(["rotate"]);

/** The steps of each task, as the recording driver tells them; the lab's configuration has the same secrets. */
async function stepsOfTasks(): Promise<Readonly<Record<Task, readonly string[]>>> {
  const key = (secretName: string, authEnvVar: string) => ({ secretName, authEnvVar });
  const config = defineConfig({
    secrets: { anthropic: "/run/keys/anthropic", openai: "/run/keys/openai" },
    templates: {
      default: {
        agents: {
          claude: { package: "claude-code", ...key("anthropic", "ANTHROPIC_API_KEY") },
          aider: { package: "aider-chat", ...key("openai", "OPENAI_API_KEY") },
        },
      },
    },
  } as unknown as Parameters<typeof defineConfig>[0]);
  const driver = recordingDriver();
  const during = async (work: Promise<unknown>) => {
    const before = driver.steps.length;
    await work;
    return driver.steps.slice(before).map(({ id }) => id);
  };
  return {
    up: await during(driver.up(config, { name: "web" })),
    rotate: await during(driver.rotate("web")),
    reset: await during(driver.reset("web")),
    down: await during(driver.down("web")),
  };
}

const steps = await stepsOfTasks();
const cases = TASKS.flatMap((task) => steps[task].map((step) => ({ task, step }))).map(
  (one, index) => ({ ...one, names: FAULTS.map((_, fault) => `f${index}-${fault}`) }),
);

needsLab("after a fault", () => {
  const lab = useLab();
  let tried = 0;
  let left = 0;
  afterAll(() => {
    const all = cases.length * FAULTS.length;
    console.log(`fault matrix: ${tried} of ${all} (steps x faults) tried, ${left} left something`);
  });

  describe.concurrent("nothing is left", () => {
    it.each(cases)("$task at $step", async ({ task, step, names }) => {
      const look = async (index: number) => {
        const leftovers = await settled(lab(), names[index] ?? "");
        tried++;
        if (leftovers !== "") left++;
        expect(leftovers, JSON.stringify(FAULTS[index])).toBe("");
      };
      await failing(lab(), { task, step, names });
      for (const index of FAILURES.keys()) await look(index);
      for (const [index, fault] of SIGNALLED.entries()) {
        const at = FAILURES.length + index;
        await signalled(lab(), { task, step, name: names[at] ?? "" }, fault);
        await look(at);
      }
    });
  });
});

/** What is left when the others that are tried at once have let go: each `gc` looks at all sandboxes. */
function settled(lab: Lab, name: string): Promise<string> {
  return lastAnswer(
    () => lab.leftovers(name),
    (leftovers) => leftovers === "",
  );
}

interface Place {
  readonly task: Task;
  readonly step: string;
}

/** Makes all the sandboxes, and has the step fail for the first of them. */
async function failing(
  lab: Lab,
  { task, step, names }: Place & { readonly names: readonly string[] },
): Promise<void> {
  const made: readonly Drive[] = task === "up" ? [] : [{ task: "up", names }];
  const failed = names.slice(0, FAILURES.length);
  const failures = FAILURES.map((when, index) => ({
    task,
    names: failed.slice(index, index + 1),
    fails: { step, when },
  }));
  const driven = await driveAll(lab, [...made, ...failures]);
  for (const making of driven.slice(0, made.length)) expect(making).not.toHaveProperty("code");
  for (const { code, message } of driven.slice(made.length)) {
    expect(code).toBe("host");
    expect(message).toContain(`told to fail at ${step}`);
  }
  if (CHANGES_LITTLE.has(task)) for (const name of failed) await isWhole(lab, name);
  // The same step fails when all is taken back, and then the record stays, for whoever does it next.
  if (CHANGES_LITTLE.has(task) || steps.down.includes(step)) {
    const down = await drive(lab, { task: "down", names: failed, ignoreMissing: true });
    expect(down).not.toHaveProperty("code");
  }
}

/** The built command line gets the signal when it says that it has begun the step, and dwells on that. */
async function signalled(
  lab: Lab,
  { task, step, name }: Place & { readonly name: string },
  fault: Signalled,
): Promise<void> {
  const args = task === "up" ? ["up", name, "-t", "default", "-w", "/srv/work"] : [task, name];
  const running = startPaused(lab, step, args);
  let sent: Promise<void> | undefined;
  running.child.stdout?.on("data", (data: Buffer) => {
    const lines = String(data).split("\n");
    const isBegun = (line: string) =>
      line.includes(`"step":"${step}"`) && line.includes('"started"');
    if (lines.some(isBegun)) sent ??= running.kill(fault.signal);
  });
  const { status, out, err } = await running.ended;
  await sent;
  expect(sent, `${step} never began: ${out}${err}`).toBeDefined();
  if (fault.signal === "SIGKILL") {
    if (fault.by === "gc") expect(await lab.forage(["gc"])).toMatchObject({ status: 0 });
    // Of a rotation that was killed a file may be left in it, which goes with the next command.
    if (CHANGES_LITTLE.has(task) && fault.by === "gc") await isWhole(lab, name);
    if (fault.by === "down" || CHANGES_LITTLE.has(task)) await takeDown(lab, name);
    return;
  }
  expect(err).toContain(`forage: ${fault.signal}`);
  expect(status).toBe(STATUSES[fault.signal]);
  if (CHANGES_LITTLE.has(task)) {
    await isWhole(lab, name);
    await takeDown(lab, name);
  }
}

async function isWhole(lab: Lab, name: string): Promise<void> {
  const argv = ["sh", "-c", "cat /run/secrets/*; ls -A /run/secrets"];
  const { out } = await lab.forage(["exec", name, ...argv]);
  const secrets = await lab.bash("cat /run/keys/anthropic /run/keys/openai");
  expect(out).toBe(`${secrets.out}anthropic\nopenai\n`);
}

async function takeDown(lab: Lab, name: string): Promise<void> {
  expect(await lab.forage(["down", name, "--ignore-missing"])).toMatchObject({ status: 0 });
}
