import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { needsLab, useLab } from "../support/lab.ts";
import { drive, FORAGE, LAB_PROJECT, type Lab } from "../support/lab-host.ts";
import { within } from "../support/within.ts";

/** Makes a sandbox, and removes it when that is over. */
async function withSandbox(
  lab: Lab,
  name: string,
  work: () => Promise<void>,
  args: readonly string[] = ["-t", "default", "-w", "/srv/work"],
): Promise<void> {
  const { status, err } = await lab.forage(["up", name, ...args]);
  expect(err).toContain(`forage: ${name} is up`);
  expect(status).toBe(0);
  try {
    await work();
  } finally {
    const down = await lab.forage(["down", name]);
    expect(down).toMatchObject({ status: 0, out: "" });
    expect(await lab.leftovers(name)).toBe("");
  }
}

needsLab("a sandbox", () => {
  const lab = useLab();
  const inside = (name: string, ...argv: readonly string[]) =>
    lab().forage(["exec", name, ...argv]);

  it("is up, is listed, and is gone when it is taken down", async () => {
    const up = await lab().forage(["up", "web", "-t", "default", "-w", "/srv/work"]);
    expect(up).toMatchObject({ status: 0, out: "" });
    expect(up.err).toMatch(/web: build the system\n(?:.*\n)*forage: web is up/);
    expect((await lab().forage(["ps"])).out).toMatch(
      /^NAME +TEMPLATE +STATE +SINCE +AGENTS +WORKSPACE\nweb +default +up +20\S+Z +claude aider +\/srv\/work\n$/,
    );
    expect(JSON.parse((await lab().forage(["ps", "--json"])).out)).toMatchObject([
      { name: "web", template: "default", state: "up", agents: ["claude", "aider"] },
    ]);
    const again = await lab().forage(["up", "web"]);
    expect(again.status).toBe(1);
    expect(again.err).toBe(
      'forage: the sandbox "web" is there already, of the template "default"\n  choose another name, or remove it: forage down web\n',
    );
    expect((await lab().forage(["down", "web"])).status).toBe(0);
    expect(await lab().leftovers("web")).toBe("");
    expect((await lab().bash("ls -d /srv/work")).out).toBe("/srv/work\n");
    const gone = await lab().forage(["down", "web"]);
    expect(gone).toMatchObject({
      status: 1,
      err: expect.stringMatching(/there is no sandbox "web"/),
    });
    expect((await lab().forage(["down", "web", "--ignore-missing"])).status).toBe(0);
    expect((await lab().forage(["ps"])).err).toBe("forage: there are no sandboxes\n");
  });

  it("has its keys for its agents alone, and its workspace", async () => {
    await withSandbox(lab(), "keys", async () => {
      const { out: key } = await lab().bash("cat /run/keys/anthropic");
      const agent = await inside("keys", "env", "STAND_IN_SHOW=ANTHROPIC_API_KEY", "claude", "x");
      expect(agent.out).toContain(`ANTHROPIC_API_KEY='${key.trim()}'\nargument 'x'\n`);
      const shell = await inside("keys", "sh", "-c", 'echo "[$ANTHROPIC_API_KEY]"; pwd; id -un');
      expect(shell.out).toBe("[]\n/workspace\nagent\n");
      await inside("keys", "touch", "/workspace/made");
      expect((await lab().bash("stat -c %u /srv/work/made; rm /srv/work/made")).out).toBe("1000\n");
      const write = await inside("keys", "sh", "-c", ": > /run/secrets/x");
      expect(write.status).not.toBe(0);
      expect(write.err).toMatch(/Read-only file system/);
      const verified = await lab().forage(["verify", "keys"]);
      expect(verified).toMatchObject({ status: 0, err: "" });
      const lines = verified.out.trim().split("\n");
      expect(lines).toHaveLength(11);
      expect(lines.filter((line) => !line.startsWith("holds "))).toEqual([]);
    });
  });

  it("keeps what restricts it: no capabilities, and a seccomp filter", async () => {
    await withSandbox(lab(), "caps", async () => {
      const { out } = await inside(
        "caps",
        "grep",
        "-E",
        "^(CapEff|CapPrm|Seccomp):",
        "/proc/self/status",
      );
      expect(out).toMatch(/CapPrm:\t0+\nCapEff:\t0+\nSeccomp:\t2\n/);
    });
  });

  it("has no link at all where its template says so, and keeps its state", async () => {
    await withSandbox(
      lab(),
      "quiet",
      async () => {
        expect((await lab().bash("grep -c ADDRESS=$ /etc/nixos-containers/quiet.conf")).out).toBe(
          "2\n",
        );
        const { out } = await inside("quiet", "ls", "/sys/class/net");
        expect(out).toBe("lo\n");
        // Not `restart`: systemd-machined may not have forgotten it in time.
        const restarted = await lab().bash(
          `systemd-run -q -M quiet --wait touch /kept; systemctl stop container@quiet
          while machinectl show quiet >/dev/null 2>&1; do sleep 0.1; done; systemctl start container@quiet`,
        );
        expect(restarted.status, restarted.err).toBe(0);
        const kept = await inside("quiet", "ls", "/kept");
        expect(kept.status, kept.err).toBe(0);
        expect((await lab().forage(["reset", "quiet"])).status).toBe(0);
        expect((await inside("quiet", "ls", "/kept")).status).not.toBe(0);
      },
      ["-t", "offline"],
    );
  });

  it("has a fresh root at each start where it is ephemeral, and survives its own reboot", async () => {
    await withSandbox(lab(), "fresh", async () => {
      await lab().bash(
        "systemd-run -q -M fresh --wait touch /kept; kill -s RTMIN+5 $(machinectl show fresh -p Leader --value)",
      );
      await within("the reboot", async () => {
        const { status, out } = await inside("fresh", "sh", "-c", "ls /kept || ls /run/secrets");
        return status === 0 ? out : undefined;
      }).then((out) => expect(out).toBe("anthropic\nopenai\n"));
    });
  });

  describe("whose secrets change", () => {
    it("has the new ones after rotate, without a restart", async () => {
      await withSandbox(lab(), "rot", async () => {
        const leader = () => lab().bash("machinectl show rot -p Leader --value");
        const before = await leader();
        await lab().bash(
          "cp /run/keys/openai /run/keys/old; echo new-placeholder >/run/keys/openai",
        );
        expect((await inside("rot", "cat", "/run/secrets/openai")).out).not.toBe(
          "new-placeholder\n",
        );
        expect((await lab().forage(["rotate", "rot"])).status).toBe(0);
        expect((await inside("rot", "cat", "/run/secrets/openai")).out).toBe("new-placeholder\n");
        expect(await leader()).toEqual(before);
        expect((await lab().forage(["verify", "rot"])).status).toBe(0);
        await lab().bash(": >/run/keys/openai");
        const { status, err } = await lab().forage(["rotate", "rot"]);
        expect(status).toBe(1);
        expect(err).toBe(
          'forage: the secret "openai": /run/keys/openai is empty\n  put the secret there\n',
        );
        expect((await inside("rot", "cat", "/run/secrets/openai")).out).toBe("new-placeholder\n");
        await lab().bash("mv /run/keys/old /run/keys/openai");
      });
    });

    it("loses them when its container ends, however that came about", async () => {
      const ends = {
        "by itself": "kill -s RTMIN+4 $(machinectl show die -p Leader --value)",
        killed: "systemctl kill --signal=KILL container@die",
        "stopped by hand": "systemctl stop container@die",
      };
      for (const script of Object.values(ends)) {
        await withSandbox(lab(), "die", async () => {
          await lab().bash(script);
          await within("its end", async () =>
            (await lab().bash("ls /run/forage-secrets")).out === "" ? true : undefined,
          );
          expect(JSON.parse((await lab().forage(["ps", "--json"])).out)).toMatchObject([
            { name: "die", state: "stopped" },
          ]);
          expect((await lab().forage(["gc"])).err).toBe("forage: there is nothing to remove\n");
          expect((await lab().forage(["verify", "die"])).err).toMatch(
            /does not run\n {2}start it anew: forage reset die/,
          );
          expect((await lab().forage(["reset", "die"])).status).toBe(0);
          expect((await inside("die", "ls", "/run/secrets")).out).toBe("anthropic\nopenai\n");
        });
      }
    });
  });

  describe("runs a command", () => {
    it("with its arguments as they are, whatever they hold", async () => {
      await withSandbox(lab(), "args", async () => {
        const argument = fc
          .oneof(
            fc.string({ unit: "grapheme", maxLength: 20 }),
            fc.constantFrom(
              "$",
              "$$",
              "${HOME}",
              "$HOME",
              "%n",
              "%%",
              "\\",
              "'",
              '"',
              "",
              " ",
              "\n",
              "-",
              "--",
              ";",
              "*",
              "é",
              "\u0001",
            ),
          )
          .filter((text) => !text.includes("\0"));
        await fc.assert(
          fc.asyncProperty(fc.array(argument, { minLength: 1, maxLength: 12 }), async (args) => {
            const { status, out } = await inside("args", "printf", "%s\\0", ...args);
            expect(status).toBe(0);
            expect(out).toBe(args.map((one) => `${one}\0`).join(""));
          }),
          { numRuns: 25 },
        );
      });
    });

    it("with standard input, and its exit status", async () => {
      await withSandbox(lab(), "io", async () => {
        const { out } = await lab().forage(["exec", "io", "--", "cat"], { input: "one\ntwo" });
        expect(out).toBe("one\ntwo");
        const { status, err } = await inside("io", "sh", "-c", "echo no >&2; exit 42");
        expect([status, err]).toEqual([42, "no\n"]);
        expect((await inside("io", "no-such-command")).status).toBe(127);
        expect((await inside("io", "sh", "-c", 'kill -KILL "$$"')).status).toBe(137);
        expect(
          (await lab().bash("systemctl -M io list-units --all --plain --no-legend 'forage-exec-*'"))
            .out,
        ).toBe("");
      });
    });

    it("with the signals that forage gets", async () => {
      await withSandbox(lab(), "sig", async () => {
        for (const [signal, status] of [
          ["SIGINT", 130],
          ["SIGTERM", 143],
          ["SIGUSR1", 138],
        ] as const) {
          const running = lab().startForage([
            "exec",
            "sig",
            "sh",
            "-c",
            "echo ready; exec sleep 60",
          ]);
          await new Promise((resolve) => running.child.stdout?.once("data", resolve));
          await running.kill(signal);
          expect((await running.ended).status).toBe(status);
        }
        expect((await lab().bash("pgrep -xc sleep || true")).out).toBe("0\n");
      });
    });

    it("in a terminal, where there is one", async () => {
      await withSandbox(lab(), "tty", async () => {
        const inTerminal = (line: string, typed: string) =>
          lab().bash(
            `(sleep 1; printf '%s' "$TYPED"; sleep 2) | script -qec "stty rows 30 cols 90; ${FORAGE} ${line}" /dev/null`,
            { env: { TERM: "vt100", TYPED: typed }, directory: LAB_PROJECT },
          );
        const command =
          "exec tty sh -c 'test -t 0 && test -t 1 && echo \\$TERM && stty size; exit 7'";
        const { status, out } = await inTerminal(command, "");
        expect([status, out]).toEqual([7, "vt100\r\n30 90\r\n"]);
        const shell = await inTerminal("shell tty", "id -un; exit 5\n");
        expect(shell.out).toMatch(/\nagent\r?\n/);
        expect(shell.status).toBe(5);
        const without = "exec --no-terminal tty sh -c 'test -t 0 && echo one || echo none'";
        expect((await inTerminal(without, "")).out).toBe("none\r\n");
      });
    });
  });

  it("shows its steps on a terminal as they go on", async () => {
    const line = `stty rows 40 cols 90; ${FORAGE} up live -t default; ${FORAGE} down live`;
    const { out } = await lab().bash(`sleep 9 | script -qec "${line}" /dev/null`, {
      env: { TERM: "xterm" },
      directory: LAB_PROJECT,
    });
    expect(out).toContain("making the sandbox live");
    for (const done of [
      "✔ build the system",
      "✔ wait until it runs commands",
      "✔ remove its state",
    ])
      expect(out).toContain(done);
    expect(out).toContain("forage: live is gone");
  });

  it("tells its journal", async () => {
    await withSandbox(lab(), "logs", async () => {
      expect((await lab().forage(["logs", "logs"])).out).toMatch(/container logs/);
      const follow = lab().startForage(["logs", "logs", "--follow", "--lines", "1"]);
      await new Promise((resolve) => follow.child.stdout?.once("data", resolve));
      await follow.kill("SIGINT");
      await follow.ended;
    });
  });

  it("is disposed of by await using, in TypeScript", async () => {
    const script = `
      import { createDriver } from "/opt/forage/dist/driver/index.js";
      import { loadConfig } from "/opt/forage/dist/files/config.js";
      const driver = createDriver();
      const sandbox = await driver.up(await loadConfig("forage.config.json"), { name: "using", template: "default" });
      const { status, stdout } = await sandbox.exec(["sh", "-c", "cat; id -un"], { output: "capture", input: "in " });
      await sandbox[Symbol.asyncDispose]();
      console.log(JSON.stringify({ status, stdout, list: await driver.list() }));
    `;
    const { out, err } = await lab().run(["node", "--input-type=module", "-e", script], {
      directory: LAB_PROJECT,
    });
    expect({ out, err }).toEqual({
      out: `${JSON.stringify({ status: 0, stdout: "in agent\n", list: [] })}\n`,
      err: "",
    });
    expect(await lab().leftovers("using")).toBe("");
  });

  it("is one of many", async () => {
    const names = Array.from({ length: 20 }, (_, index) => `many-${index}`);
    expect(await drive(lab(), { task: "up", names, atOnce: 20 })).not.toHaveProperty("code");
    const { out } = await lab().forage(["ps", "--json"]);
    const all = JSON.parse(out) as { name: string; state: string }[];
    expect(all.map(({ name }) => name)).toEqual(names.toSorted());
    expect(new Set(all.map(({ state }) => state))).toEqual(new Set(["up"]));
    const addresses = await lab().bash(
      "cat /etc/nixos-containers/many-*.conf | grep LOCAL_ADDRESS | sort -u | wc -l",
    );
    expect(addresses.out.trim()).toBe("20");
    expect(await drive(lab(), { task: "down", names, atOnce: 20 })).not.toHaveProperty("code");
    for (const name of names) expect(await lab().leftovers(name)).toBe("");
  });
});
