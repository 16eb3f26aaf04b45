import { renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ask } from "../support/bridge/ask.ts";
import { anyAt, providerAt } from "../support/bridge/providers.ts";
import { bridgesIn, keyOf, type Started } from "../support/bridge/start.ts";
import { startPlainUpstream, type Upstream } from "../support/bridge/upstream.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const root = temporaryDirectory();
const bridges = bridgesIn(root);
const shown: (string | undefined)[] = [];
let upstream: Omit<Upstream, "received">;
let started: Started;
let printed = "token-1";
let runs = 0;

beforeAll(async () => {
  upstream = await startPlainUpstream((request, response) => {
    shown.push(request.headers.authorization);
    request.resume();
    response.end("ok");
  });
  const provider = anyAt(upstream.origin);
  started = await bridges.start({
    credentials: {
      file: { provider },
      linked: { provider, source: { file: join(root(), "link") } },
      empty: { provider, key: "" },
      broken: { provider, key: "a\nx-evil: b" },
      command: { provider, source: { command: ["/bin/token"], lifetimeSeconds: 3600 } },
      short: { provider, source: { command: ["/bin/token"], lifetimeSeconds: 0 } },
      failing: { provider, source: { command: ["/bin/false"], lifetimeSeconds: 3600 } },
      model: {
        provider: providerAt("openai", upstream.origin, { allowHttp: true }),
        policy: { models: ["m"] },
      },
    },
    options: {
      runCommand: async ([command]) => {
        runs++;
        if (command === "/bin/false") throw new Error(`it printed ${keyOf("failing")}`);
        return `${printed}\n`;
      },
    },
  });
});
afterAll(async () => {
  await bridges.closeAll();
  await upstream.close();
});

/** The status, and the key that the provider was shown. */
async function use(credential: string): Promise<[number, string | undefined]> {
  shown.length = 0;
  const { status } = await ask(started.socketOf("alice"), `/${credential}/api/x`);
  return [status, shown[0]?.replace("Bearer ", "")];
}
const pathOf = (name: string) => join(started.directory, `${name}.key`);

it("shows the key that a file holds now, also when it is written in place again and again", async () => {
  for (let round = 100; round < 150; round++) {
    writeFileSync(pathOf("file"), `key-${round}\n`);
    expect(await use("file")).toEqual([200, `key-${round}`]);
  }
});

it("shows the key of a file that another one was renamed to", async () => {
  for (const key of ["renamed-1", "renamed-2"]) {
    writeFileSync(join(root(), "next"), key);
    renameSync(join(root(), "next"), pathOf("file"));
    expect(await use("file")).toEqual([200, key]);
  }
});

it("shows none of a file that was removed, and the new one's when that is there", async () => {
  rmSync(pathOf("file"));
  expect(await use("file")).toEqual([503, undefined]);
  writeFileSync(pathOf("file"), "back");
  expect(await use("file")).toEqual([200, "back"]);
  writeFileSync(pathOf("file"), "");
  expect(await use("file")).toEqual([503, undefined]);
});

it("follows a link that is swapped for another one", async () => {
  expect(await use("linked")).toEqual([503, undefined]);
  for (const name of ["one", "two", "one"]) {
    writeFileSync(join(root(), name), `linked-${name}`);
    symlinkSync(join(root(), name), join(root(), "link-next"));
    renameSync(join(root(), "link-next"), join(root(), "link"));
    expect(await use("linked")).toEqual([200, `linked-${name}`]);
  }
  rmSync(join(root(), "one"));
  expect(await use("linked")).toEqual([503, undefined]);
});

it("shows nothing that is no header's value", async () => {
  expect(await use("empty")).toEqual([503, undefined]);
  expect(await use("broken")).toEqual([503, undefined]);
});

it("runs a command once for its lifetime, and for all who wait for it", async () => {
  const found = await Promise.all(
    Array.from({ length: 20 }, () => ask(started.socketOf("alice"), "/command/api/x")),
  );
  expect(found.every(({ status }) => status === 200)).toBe(true);
  printed = "token-2";
  expect(await use("command")).toEqual([200, "token-1"]);
  expect(runs).toBe(1);
});

it("runs it again when what it printed has lived, and fails without its text", async () => {
  printed = "token-3";
  expect(await use("short")).toEqual([200, "token-3"]);
  printed = "token-4";
  expect(await use("short")).toEqual([200, "token-4"]);
  const { status, body } = await ask(started.socketOf("alice"), "/failing/api/x");
  expect([status, String(body)]).toEqual([503, expect.not.stringContaining("canary")]);
});

it("lets no key into an answer, a line, a metric or a warning", async () => {
  const canary = "sk-canary-0123456789";
  writeFileSync(pathOf("model"), canary);
  writeFileSync(pathOf("file"), canary);
  const socket = started.socketOf("alice");
  const answers = [
    await ask(socket, "/file/api/x"),
    await ask(socket, "/file/../x"),
    await ask(socket, "/model/v1/responses", { body: '{"model":"m"}' }),
    await ask(socket, "/model/v1/responses", { body: '{"model":"other"}' }),
    await ask(socket, "/model/v1/none"),
    await ask(socket, "/none/api/x"),
  ];
  expect(answers.map(({ status }) => status)).toEqual([200, 400, 200, 403, 403, 404]);
  await upstream.close();
  answers.push(await ask(socket, "/file/api/x"));
  expect(answers.at(-1)?.status).toBe(502);
  for (const path of ["/metrics", "/healthz", "/sandboxes"])
    answers.push(await ask(started.adminSocket, path, { method: "GET" }));
  const said = answers.map(({ headers, body }) => JSON.stringify(headers) + String(body));
  const log = join(started.directory, "log");
  for (const file of await readdir(log)) said.push(await readFile(join(log, file), "latin1"));
  said.push(started.warnings.join("\n"));
  expect(said.join("\n")).toContain('"path":"/api/x"');
  for (const forbidden of [canary, "canary", Buffer.from(canary).toString("base64").slice(0, 12)])
    expect(said.filter((text) => text.includes(forbidden))).toEqual([]);
});
