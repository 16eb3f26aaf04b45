import { once } from "node:events";
import { rm } from "node:fs/promises";
import { request } from "node:http";
import { type Diagnostic, ForageError } from "../error.ts";
import type { Grant } from "../schema/bridge-setup.ts";
import { BRIDGE_ROOT } from "../schema/paths.ts";
import { ADMIN_SOCKET, REGISTERED } from "./places.ts";

const LIMIT_MS = 10_000;
const START = "start it: systemctl start forage-bridge (or: forage bridge run)";

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Asks the bridge that runs on this host; undefined when none does. */
async function ask(method: string, path: string, body?: unknown): Promise<Answer | undefined> {
  const asked = request({
    socketPath: `${BRIDGE_ROOT}/${ADMIN_SOCKET}`,
    method,
    path,
    signal: AbortSignal.timeout(LIMIT_MS),
  });
  try {
    asked.end(body === undefined ? undefined : JSON.stringify(body));
    const [response] = await once(asked, "response");
    let text = "";
    for await (const chunk of response) text += String(chunk);
    return { status: response.statusCode, text };
  } catch {
    return undefined;
  }
}

/** @throws ForageError `host` when no bridge runs on this host */
export async function checkBridgeAnswers(): Promise<void> {
  if ((await ask("GET", "/healthz")) === undefined) throw noBridge();
}

function noBridge(): ForageError {
  return new ForageError("host", [
    { path: [], message: `no bridge answers at ${BRIDGE_ROOT}/${ADMIN_SOCKET}`, hint: START },
  ]);
}

/**
 * Lets a sandbox use the bridge that runs on this host.
 *
 * @throws ForageError `host` when none runs, `sandbox` when it has no such credential
 */
export async function registerSandbox(name: string, grant: Grant): Promise<void> {
  const answer = await ask("PUT", `/sandboxes/${name}`, grant);
  if (answer?.status === 200) return;
  if (answer?.status === 400) throw new ForageError("sandbox", diagnosticsIn(answer.text));
  throw noBridge();
}

/** The opposite, also when no bridge runs: the next one is not to know the sandbox. */
export async function unregisterSandbox(name: string): Promise<void> {
  const answer = await ask("DELETE", `/sandboxes/${name}`);
  if (answer?.status === 200) return;
  await rm(`${BRIDGE_ROOT}/${REGISTERED}/${name}.json`, { force: true });
  await rm(`${BRIDGE_ROOT}/${name}`, { recursive: true, force: true });
}

function diagnosticsIn(text: string): readonly Diagnostic[] {
  try {
    const { diagnostics } = JSON.parse(text) as { diagnostics: Diagnostic[] };
    return diagnostics;
  } catch {
    return [{ path: [], message: "the bridge refused the sandbox", hint: "its journal says why" }];
  }
}
