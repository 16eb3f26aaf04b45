import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeAuthority } from "../support/bridge/certificates.ts";
import { makeRepository, startGitServer } from "../support/bridge/git-server.ts";
import { providerAt } from "../support/bridge/providers.ts";
import { bridgesIn, keyOf, type Started } from "../support/bridge/start.ts";
import type { Upstream } from "../support/bridge/upstream.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { needs } from "../support/tools.ts";

const SIZES = [0, 1000, 70_000, 1_100_000, 6_000_000];

needs("git", "openssl")("git over https", () => {
  const root = temporaryDirectory();
  const bridges = bridgesIn(root);
  let upstream: Omit<Upstream, "received">;
  let started: Started;
  let relay: Server;
  let address: string;

  beforeAll(async () => {
    const authority = await makeAuthority(root());
    const shown = Buffer.from(`x-access-token:${keyOf("git")}`).toString("base64");
    upstream = await startGitServer(
      await authority.issue("DNS:localhost"),
      join(root(), "git"),
      `Basic ${shown}`,
    );
    const provider = providerAt("github-git", upstream.origin, { ca: authority.ca });
    started = await bridges.start({ credentials: { git: { provider } } });
    // Git knows no sockets but those of TCP; this stands for the relay inside a container.
    relay = createServer((socket) => {
      const other = connect(started.socketOf("alice"));
      socket.pipe(other).pipe(socket);
      socket.on("error", () => other.destroy());
      other.on("error", () => socket.destroy());
    });
    relay.listen(0, "127.0.0.1");
    await once(relay, "listening");
    address = `http://127.0.0.1:${(relay.address() as AddressInfo).port}/git`;
  });
  afterAll(async () => {
    relay.close();
    await bridges.closeAll();
    await upstream.close();
  });

  const git = (directory: string, ...args: string[]) =>
    execa("git", ["-C", directory, "-c", "user.name=a", "-c", "user.email=a@b", ...args], {
      env: { GIT_CONFIG_GLOBAL: "/dev/null", GIT_TERMINAL_PROMPT: "0" },
    });

  it.each(SIZES)("pushes and clones a pack of %i bytes", async (size) => {
    const repository = `team/r${size}.git`;
    await makeRepository(join(root(), "git"), repository);
    const [from, to] = [join(root(), `from-${size}`), join(root(), `to-${size}`)];
    await git(root(), "clone", "--quiet", `${address}/${repository}`, from);
    const content = randomBytes(size);
    writeFileSync(join(from, "file"), content);
    await git(from, "add", "file");
    await git(from, "commit", "--quiet", "-m", "One");
    await git(from, "push", "--quiet", "origin", "HEAD:main");
    await git(root(), "clone", "--quiet", "--branch", "main", `${address}/${repository}`, to);
    expect(readFileSync(join(to, "file")).equals(content)).toBe(true);
    expect(
      started.calls().every(({ sandbox, status }) => sandbox === "alice" && status === 200),
    ).toBe(true);
  });

  it("asks for nothing but git's own protocol", async () => {
    await makeRepository(join(root(), "git"), "team/dumb.git");
    const asked = await git(root(), "ls-remote", `${address}/team/dumb.git/objects`).catch(String);
    expect(asked).toContain("403");
  });
});
