import { lookup } from "node:dns/promises";
import { access, constants, readFile, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { errorCode, reason } from "../files/reason.ts";
import type { BridgeSetup, Credential } from "../schema/bridge-setup.ts";
import { bareHost, isPublic } from "./upstream/addresses.ts";
import { isUsable, placesOf, type RunCommand, SHORTEST_TOKEN } from "./values.ts";

/** Whether one thing that a bridge needs is there. */
export interface Readiness {
  /** What it is about: "credential anthropic", "provider api.anthropic.com", "log". */
  readonly subject: string;
  readonly isReady: boolean;
  /** What was seen; never a secret. */
  readonly detail: string;
}

/** Looks for all that a bridge needs on this host, without a request to any provider. */
export async function checkBridge(
  { credentials, audit, tcp }: BridgeSetup,
  runCommand: RunCommand,
): Promise<readonly Readiness[]> {
  const all = Object.entries(credentials);
  const hosts = new Map(
    all.map(([, { provider }]) => [
      new URL(provider.upstream).hostname,
      provider.allowPrivateAddress,
    ]),
  );
  return Promise.all([
    ...all.map(([name, { source }]) => credential(name, source, runCommand)),
    ...Object.entries(tcp?.clients ?? {}).map(([name, { tokenFile }]) => token(name, tokenFile)),
    ...[...hosts].map(([host, allowsPrivate]) => provider(host, allowsPrivate)),
    log(audit.directory),
  ]);
}

async function credential(
  name: string,
  source: Credential["source"],
  runCommand: RunCommand,
): Promise<Readiness> {
  const subject = `credential ${name}`;
  if ("file" in source) return file(subject, source.file, 1);
  const [program = ""] = source.command;
  try {
    const isReady = isUsable(await runCommand(source.command));
    return {
      subject,
      isReady,
      detail: `${program} prints ${isReady ? "one" : "nothing that a header can hold"}`,
    };
  } catch (error) {
    return { subject, isReady: false, detail: `${program}: ${reason(error)}` };
  }
}

function token(name: string, path: string): Promise<Readiness> {
  return file(`token of ${name}`, path, SHORTEST_TOKEN);
}

async function file(subject: string, name: string, shortest: number): Promise<Readiness> {
  const places = placesOf(name);
  for (const path of places) {
    try {
      const text = await readFile(path, "utf8");
      const { mode } = await stat(path);
      if (!isUsable(text) || text.trimEnd().length < shortest)
        return {
          subject,
          isReady: false,
          detail: `${path} is empty, too short, or has a line break inside`,
        };
      const open = (mode & 0o004) !== 0 ? ", and everybody on this host can read it" : "";
      return { subject, isReady: true, detail: `${path} can be read${open}` };
    } catch (error) {
      if (errorCode(error) !== "ENOENT")
        return { subject, isReady: false, detail: `${path}: ${reason(error)}` };
    }
  }
  return { subject, isReady: false, detail: `there is no ${places.join(", nor ")}` };
}

async function provider(host: string, allowsPrivate: boolean): Promise<Readiness> {
  const subject = `provider ${host}`;
  try {
    const found = await lookup(bareHost(host), { all: true });
    const fit = found.filter(({ address }) => allowsPrivate || isPublic(address));
    const [first] = fit;
    return first === undefined
      ? {
          subject,
          isReady: false,
          detail: "it is at a private address: say allowPrivateAddress: true if it is meant to be",
        }
      : { subject, isReady: true, detail: `it is at ${first.address}` };
  } catch (error) {
    return { subject, isReady: false, detail: `its name cannot be looked up: ${reason(error)}` };
  }
}

async function log(directory: string): Promise<Readiness> {
  for (let at = directory; ; at = dirname(at)) {
    try {
      await access(at, constants.W_OK);
      return { subject: "log", isReady: true, detail: `${directory} can be written` };
    } catch (error) {
      if (errorCode(error) !== "ENOENT" || at === dirname(at))
        return { subject: "log", isReady: false, detail: `${directory}: ${reason(error)}` };
    }
  }
}
