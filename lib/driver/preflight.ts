import { access, constants, realpath, stat } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { checkBridgeAnswers } from "../bridge/client.ts";
import { type Diagnostic, ForageError } from "../error.ts";
import { errorCode, reason, wayOut } from "../files/reason.ts";
import { hostPath, SECRETS_ROOT } from "../schema/paths.ts";
import { show } from "../schema/show.ts";
import { brokenBy } from "../schema/text-rule.ts";
import { nixosContainer } from "./environment.ts";
import type { Tool, Warning } from "./host.ts";
import { isThere } from "./inspect.ts";
import type { Blueprint } from "./plan.ts";
import { problem } from "./problems.ts";
import { runProgram } from "./process.ts";
import type { SandboxRecord } from "./records.ts";
import { checkSource } from "./secret-copy.ts";

const ALWAYS = ["systemctl", "systemd-run", "machinectl", "flock"];
const ON_NIXOS =
  "on NixOS set boot.enableContainers = true; elsewhere there are no NixOS containers: `forage up --dry-run` shows what would be done";
const GET_NIX = "on NixOS it is there; elsewhere install Nix: https://nixos.org/download";
const HOW_TO_GET: Readonly<Record<string, string>> = {
  "nixos-container": ON_NIXOS,
  "nix-build": GET_NIX,
  "nix-store": GET_NIX,
  flock: "it is part of util-linux",
};

/** @throws ForageError `host` with all that is missing: root, programs */
export async function checkTools(programs: readonly Tool[]): Promise<void> {
  const container = nixosContainer();
  const wanted = programs.map((tool) => (tool === "nixos-container" ? container : tool));
  const missing = await Promise.all(
    [...wanted, ...ALWAYS].map(async (tool) => ((await isProgram(tool)) ? [] : [tool])),
  );
  const problems: Diagnostic[] = missing.flat().map((tool) => ({
    path: [],
    message: `there is no ${tool} on this machine`,
    hint:
      tool === container
        ? ON_NIXOS
        : (HOW_TO_GET[tool] ?? "it is part of systemd, which has to run the host"),
  }));
  if (process.getuid?.() !== 0)
    problems.unshift({
      path: [],
      message: "only root can make and remove containers",
      hint: "run it with sudo; `forage up --dry-run` shows what would be done, as anybody",
    });
  if (problems.length > 0) throw new ForageError("host", problems);
}

async function isProgram(tool: string): Promise<boolean> {
  const candidates = tool.includes("/")
    ? [tool]
    : (process.env["PATH"] ?? "").split(delimiter).map((directory) => join(directory, tool));
  const found = await Promise.all(
    candidates.map((path) =>
      access(path, constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}

/**
 * The workspace's own path: a link would be followed by root, wherever it leads to.
 *
 * @throws ForageError `host` when it is no directory that a sandbox may have
 */
export async function workspacePath(path: string): Promise<string> {
  let real: string;
  try {
    real = await realpath(path);
    if (!(await stat(real)).isDirectory())
      throw problem("host", `the workspace ${show(path)} is no directory`, "name a directory");
  } catch (error) {
    if (error instanceof ForageError) throw error;
    if (errorCode(error) === "ENOENT")
      throw problem(
        "host",
        `there is no workspace ${show(path)}`,
        `make it: install -d -o 1000 -g 1000 ${path}`,
        error,
      );
    throw problem("host", `the workspace ${show(path)}: ${reason(error)}`, wayOut(error), error);
  }
  const broken = brokenBy(real, hostPath);
  if (broken === undefined) return real;
  throw problem("host", `the workspace ${show(path)}: ${broken.message}`, broken.hint);
}

/**
 * What stands in the way of a new sandbox on this machine.
 *
 * @throws ForageError `secret` or `host` with all of it at once
 */
export async function checkBlueprint({ record, nixpkgs }: Blueprint): Promise<Warning[]> {
  const ofNixpkgs =
    nixpkgs === undefined ? [] : [checkThere(`${nixpkgs}/nixos/lib/eval-config.nix`)];
  await allOf([...sourceChecks(record), ...ofNixpkgs]);
  return [...(await tmpfsWarning(record)), ...(await ownerWarning(record))];
}

/**
 * Looks for all that a sandbox has from the host.
 *
 * @throws ForageError `secret` or `host` with all that is missing
 */
export async function checkSources(record: SandboxRecord): Promise<void> {
  await allOf(sourceChecks(record));
}

function sourceChecks({ secrets, hostPaths, workspace, bridge }: SandboxRecord): Promise<void>[] {
  return [
    ...(bridge === undefined ? [] : [checkBridgeAnswers()]),
    ...secrets.map(({ name, file }) => checkSource(name, file)),
    ...hostPaths.map(checkThere),
    ...(workspace === undefined ? [] : [checkUnmoved(workspace)]),
  ];
}

/** Since the sandbox was made somebody may have put a link in its place. */
async function checkUnmoved(workspace: string): Promise<void> {
  const now = await workspacePath(workspace);
  if (now === workspace) return;
  throw problem(
    "host",
    `the workspace ${show(workspace)} now leads to ${show(now)}`,
    "put the directory back, or make the sandbox again with the other one",
  );
}

/** Throws the problems of all checks as one error. */
async function allOf(checks: readonly Promise<void>[]): Promise<void> {
  const failures = (await Promise.allSettled(checks)).flatMap((result) =>
    result.status === "rejected" ? [result.reason as unknown] : [],
  );
  const unforeseen = failures.find((failure) => !(failure instanceof ForageError));
  if (unforeseen !== undefined) throw unforeseen;
  const foreseen = failures as ForageError[];
  const code = foreseen.find((failure) => failure.code === "secret")?.code ?? "host";
  if (foreseen.length > 0)
    throw new ForageError(
      code,
      foreseen.flatMap(({ diagnostics }) => diagnostics),
    );
}

async function checkThere(path: string): Promise<void> {
  try {
    await stat(path);
  } catch (error) {
    throw problem(
      "host",
      `${path}: ${reason(error)}`,
      "make it, or correct the configuration",
      error,
    );
  }
}

/** What is on a disk can be read there after it was removed. */
async function tmpfsWarning({ secrets }: SandboxRecord): Promise<Warning[]> {
  const names = secrets.map(({ name }) => show(name));
  if (names.length === 0) return [];
  const directory = (await isThere(SECRETS_ROOT)) ? SECRETS_ROOT : dirname(SECRETS_ROOT);
  const argv = ["stat", "--file-system", "--format=%T", directory];
  const { stdout } = await runProgram(argv, { timeLimitMs: 10_000 });
  if (stdout === "tmpfs" || stdout === "ramfs") return [];
  return [
    {
      message: `${directory} is ${stdout} and no tmpfs, so the copies of ${names.join(", ")} are written to a disk`,
      hint: `mount a tmpfs at ${directory}`,
    },
  ];
}

async function ownerWarning({ workspace, user }: SandboxRecord): Promise<Warning[]> {
  if (workspace === undefined) return [];
  const { uid } = await stat(workspace);
  if (uid === user.uid) return [];
  return [
    {
      message: `the workspace ${workspace} belongs to user ${uid}, and the agents run as ${user.uid}`,
      hint: `if they are to write there: chown ${user.uid}:${user.uid} ${workspace}`,
    },
  ];
}
