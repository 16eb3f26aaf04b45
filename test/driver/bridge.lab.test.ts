import { expect, it } from "vitest";
import { needsLab, useLab } from "../support/lab.ts";
import { bridgeListens, LAB_PROJECT, type Lab } from "../support/lab-host.ts";
import { within } from "../support/within.ts";

const PROJECT = { directory: `${LAB_PROJECT}/bridge` };

async function startBridge(lab: Lab) {
  const bridge = lab.startForage(["bridge", "run"], PROJECT);
  await bridgeListens(lab);
  return bridge;
}

needsLab("a sandbox that uses the bridge", () => {
  const lab = useLab();
  const forage = (...args: readonly string[]) => lab().forage(args, PROJECT);

  it("reaches its provider with no network, and has no secret", async () => {
    await lab().bash(`mkdir -p ${PROJECT.directory}; cp /opt/lab/bridge/* ${PROJECT.directory}`);
    const without = await forage("up", "walled");
    expect(without).toMatchObject({ status: 1 });
    expect(without.err).toContain("no bridge answers at /run/forage-bridge/admin.sock");
    expect(await lab().leftovers("walled")).toBe("");

    const provider = lab().start(["node", "/opt/lab/provider.js"]);
    const { out: key } = await lab().bash("cat /run/keys/anthropic");
    const checked = await forage("bridge", "check");
    expect(checked.out).toContain("ready    credential anthropic: /run/keys/anthropic can be read");
    let bridge = await startBridge(lab());

    const up = await forage("up", "walled");
    expect(up.err).toContain("walled: let it use the bridge");
    expect(up.err).not.toContain("copy the secret");
    expect(up.status).toBe(0);

    const links = await forage("exec", "walled", "sh", "-c", "cat /proc/net/dev; ls /run/secrets");
    expect(links.out).not.toMatch(/^ *(?!lo:)\S+:\s/m);
    expect(links.err).toContain("/run/secrets");

    const asked = await forage("exec", "walled", "claude");
    expect(asked.out).toMatch(/^HTTP\/1\.1 200 OK/);
    expect(asked.out.match(/word \d/g)).toEqual(["word 5", "word 4", "word 3", "word 2", "word 1"]);
    const seen = await forage("exec", "walled", "claude", "env");
    expect(seen.out).toContain("ANTHROPIC_BASE_URL=http://127.0.0.1:7878/anthropic");
    expect(seen.out).toMatch(/^ANTHROPIC_API_KEY=.*placeholder$/m);

    const daemon = "ls /nix/var/nix/daemon-socket";
    expect((await forage("exec", "walled", "sh", "-c", daemon)).out).toBe("");

    const verified = await forage("verify", "walled");
    expect(verified.out).not.toContain("BROKEN");
    for (const promise of [
      "memory of the sandbox's processes",
      "sandbox's files",
      "the bridge answers in the sandbox",
    ])
      expect(verified.out).toContain(promise);

    // A key that is in the memory of a process, and nowhere else, is found.
    const leak =
      "cat >~/leak; exec bash -c 'read -r key <~/leak; rm ~/leak; read -r -t 60 <> <(:)'";
    const leaking = lab().startForage(["exec", "walled", "sh", "-c", leak], {
      ...PROJECT,
      input: key,
    });
    const broken = await within("the leak", async () => {
      const { out } = await forage("verify", "walled");
      return out.includes("BROKEN") ? out : undefined;
    });
    expect(broken).toMatch(/^BROKEN {2}no key is in the memory .*: process \d+ has the secret/m);
    expect(broken).not.toContain(key.trim());
    await leaking.kill("SIGTERM");
    await leaking.ended;

    // Killed, and started again: the sandbox finds it where it was.
    await bridge.kill("SIGKILL");
    await bridge.ended;
    bridge = await startBridge(lab());
    const again = await within("the bridge's return", async () => {
      const { out } = await forage("exec", "walled", "claude");
      return out.includes("word 1") ? out : undefined;
    });
    expect(again).toContain("HTTP/1.1 200 OK");

    const audit = await forage("audit", "verify");
    expect(audit).toMatchObject({ status: 0 });
    const { out: calls } = await lab().bash("cat /var/log/forage-bridge/*.jsonl");
    expect(calls).toContain('"sandbox":"walled"');
    expect(calls).toContain('"output":42');

    expect(await forage("down", "walled")).toMatchObject({ status: 0 });
    expect(await lab().leftovers("walled")).toBe("");
    const left = await lab().bash("ls -A /run/forage-bridge /run/forage-bridge/.registered");
    expect(left.out).not.toContain("walled");
    await bridge.kill("SIGTERM");
    const ended = await bridge.ended;
    expect(ended.status).toBe(0);
    await provider.kill("SIGKILL");

    const canary = key.trim();
    for (const text of [up.out + up.err, asked.out, seen.out, verified.out, calls, ended.err])
      expect(text).not.toContain(canary);
    const { out: logged } = await lab().bash("journalctl --no-pager; cat /var/log/forage-bridge/*");
    expect(logged).not.toContain(canary);
  });
});
