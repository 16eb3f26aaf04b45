import { beforeAll, expect, it } from "vitest";
import { bridgeSetup } from "../../lib/bridge/index.ts";
import { renderNixosModule } from "../../lib/index.ts";
import { needsLab, useLab } from "../support/lab.ts";
import type { Lab } from "../support/lab-host.ts";
import { useNix } from "../support/nix.ts";
import { buildNixosModule } from "../support/nixos.ts";
import { bridged } from "../support/team.ts";
import { type Unit, unitText } from "../support/units.ts";
import { within } from "../support/within.ts";

const UNITS = `config: let guest = config.containers.alice.config.systemd; in {
  bridge = config.systemd.services.forage-bridge;
  secrets = config.systemd.services.forage-bridge-secrets;
  inherit (config.systemd) sockets;
  relay = guest.services.forage-bridge;
  door = guest.sockets.forage-bridge;
}`;

interface Units {
  readonly bridge: Unit;
  readonly secrets: Unit & { readonly script: string };
  readonly sockets: Readonly<Record<string, Unit>>;
  readonly relay: Unit;
  readonly door: Unit;
}

/** The unit with another program, for one that is not in the lab. */
function starting(unit: Unit, program: string): Unit {
  return { ...unit, serviceConfig: { ...unit.serviceConfig, ExecStart: program } };
}

const SYSTEM = "/run/systemd/system";
const SECRETS = ["anthropic-api-key", "openai-api-key", "github-token"];
/** As sops-nix has it: a link to a directory, which is another one after each change. */
const GENERATIONS = "/run/secrets.d";
const NAMES = "anthropic openai github";

/** Where a container has its socket, in one without a network: the lab itself stands in for that. */
const GUEST = "/run/guest";

async function furnish(lab: Lab, units: Units): Promise<void> {
  const write = (path: string, text: string) => lab.run(["tee", path], { input: text });
  const node = `${process.execPath} /opt/lab/listener.js ${NAMES}`;
  const relay = `/lib/systemd/systemd-socket-proxyd ${GUEST}/bridge.sock`;
  await lab.bash(`
    useradd -r forage-bridge
    mkdir -p ${GENERATIONS}/1 ${GUEST}
    chmod 0751 ${GENERATIONS} ${GENERATIONS}/1
    for name in ${SECRETS.join(" ")}; do echo "$name 1" >${GENERATIONS}/1/$name; done
    chmod 0400 ${GENERATIONS}/1/*
    ln -s ${GENERATIONS}/1 /run/secrets`);
  await write("/run/copy-secrets", `#!/bin/bash -e\n${units.secrets.script}`);
  await lab.run(["chmod", "755", "/run/copy-secrets"]);
  await write(`${SYSTEM}/forage-bridge.service`, unitText(starting(units.bridge, node)));
  await write(
    `${SYSTEM}/forage-bridge-secrets.service`,
    unitText(starting(units.secrets, "/run/copy-secrets")),
  );
  for (const [name, socket] of Object.entries(units.sockets))
    await write(`${SYSTEM}/${name}.socket`, unitText(socket));
  // The units of both have one name, as on two machines.
  const elsewhere = (unit: Unit) => unitText(unit).replaceAll("forage-bridge.socket", "way.socket");
  await write(`${SYSTEM}/way.service`, elsewhere(starting(units.relay, relay)));
  await write(`${SYSTEM}/way.socket`, elsewhere(units.door));
  await lab.run(["systemctl", "daemon-reload"]);
}

interface Answer {
  readonly socket: string;
  readonly uid: number;
  readonly secrets: Readonly<Record<string, string>>;
}

needsLab("the bridge's units", () => {
  const nix = useNix();
  const lab = useLab();

  const ask = async (...curl: readonly string[]): Promise<Answer> => {
    const { out, status } = await lab().run(["curl", "-sS", "-m", "5", ...curl]);
    if (status !== 0) throw new Error(`curl: ${status}`);
    return JSON.parse(out) as Answer;
  };
  const askAt = (name: string) =>
    ask("--unix-socket", `/run/forage-bridge/${name}/bridge.sock`, "http://bridge/");
  /** Asks until the secrets are these. */
  const expectSecrets = (secrets: Readonly<Record<string, string>>) =>
    within(JSON.stringify(secrets), async () => {
      const found = (await askAt("alice")).secrets;
      return Object.entries(secrets).every(([name, value]) => found[name] === value) || undefined;
    });

  beforeAll(async () => {
    const host = {
      packages: ["git", "codex", "forage-nix"],
      secrets: true,
      modules: ["{ sops.secrets.github-token = { }; }"],
    };
    const units = await buildNixosModule(nix(), renderNixosModule(bridged), UNITS, host);
    await furnish(lab(), units as Units);
    const sockets = ["forage-bridge-alice.socket", "forage-bridge-bob.socket"];
    await lab().run(["systemctl", "start", ...sockets]);
  });

  it("start the bridge when a sandbox asks, which knows each by its socket", async () => {
    const alice = await askAt("alice");
    expect(alice).toEqual({
      socket: "alice",
      uid: expect.any(Number),
      secrets: {
        anthropic: "anthropic-api-key 1",
        openai: "openai-api-key 1",
        github: "github-token 1",
      },
    });
    expect(alice.uid).toBeGreaterThan(0);
    expect((await askAt("bob")).socket).toBe("bob");
  });

  it("let nobody else at the sockets, and show no other the secrets", async () => {
    const other = "setpriv --reuid 1000 --regid 1000 --clear-groups";
    const { out } = await lab().bash(`
      for path in /run/forage-bridge/alice /run/forage-bridge-secrets/anthropic; do
        ${other} ls $path 2>&1 || true
      done
      stat -c '%a %U %G' /run/forage-bridge /run/forage-bridge-secrets /run/forage-bridge-secrets/anthropic`);
    expect(out.match(/Permission denied/g)).toHaveLength(2);
    expect(out).toContain(
      "700 forage-bridge forage-bridge\n750 root forage-bridge\n400 forage-bridge forage-bridge\n",
    );
  });

  it("lead a sandbox without a network to the bridge, also when that starts again", async () => {
    await lab().bash(`
      mount --bind /run/forage-bridge/alice ${GUEST}
      mount -o remount,bind,ro ${GUEST}
      systemctl start way.socket`);
    expect((await ask("http://127.0.0.1:7878/")).socket).toBe("alice");
    await lab().run(["systemctl", "restart", "forage-bridge"]);
    expect((await ask("http://127.0.0.1:7878/")).socket).toBe("alice");
  });

  it("bring a secret's new content to the bridge that runs, and take away one that is gone", async () => {
    const pid = "systemctl show -P MainPID forage-bridge";
    const { out: before } = await lab().bash(pid);
    await lab().bash(`
      cp -r ${GENERATIONS}/1 ${GENERATIONS}/2
      echo new >${GENERATIONS}/2/anthropic-api-key
      rm ${GENERATIONS}/2/openai-api-key
      ln -s ${GENERATIONS}/2 /run/secrets.new
      mv -T /run/secrets.new /run/secrets
      rm -r ${GENERATIONS}/1`);
    await expectSecrets({ anthropic: "new", openai: "", github: "github-token 1" });
    // An older file, with an older time.
    await lab().bash(`
      echo old >/run/secrets/openai-api-key
      touch -d 2020-01-01 /run/secrets/openai-api-key`);
    await expectSecrets({ openai: "old" });
    expect((await lab().bash(pid)).out).toBe(before);
  });

  it("start the bridge itself, which is ready when systemd says so", async () => {
    const setup = bridgeSetup(bridged, { directory: "/", files: "name" });
    await lab().run(["tee", "/run/setup.json"], { input: JSON.stringify(setup) });
    const program = `${process.execPath} /opt/forage/dist/cli/main.js bridge run --setup /run/setup.json`;
    const own = "/run/systemd/system/forage-bridge.service.d/own.conf";
    await lab().bash(`
      mkdir -p $(dirname ${own})
      printf '[Service]\\nExecStart=\\nExecStart=${program}\\n' >${own}
      systemctl daemon-reload
      systemctl restart forage-bridge`);
    const { out: state } = await lab().bash("systemctl is-active forage-bridge");
    const { out: journal } = await lab().bash("journalctl --no-pager -u forage-bridge -n 5");
    expect(state, journal).toBe("active\n");
    const socket = "--unix-socket /run/forage-bridge/alice/bridge.sock";
    const { out } = await lab().bash(`curl -sS -i -m 5 ${socket} http://bridge/nobody/v1`);
    expect(out).toMatch(/^HTTP\/1\.1 404 .*\r\n(?:.*\r\n)*x-forage-bridge: credential\r\n/i);
    const admin = "--unix-socket /run/forage-bridge/admin.sock";
    const { out: health } = await lab().bash(`curl -sS -m 5 ${admin} http://bridge/healthz`);
    expect(JSON.parse(health)).toEqual({ ok: true });
    const { out: log } = await lab().bash("stat -c '%a %U' /var/log/forage-bridge/audit-0.jsonl");
    expect(log).toBe("640 forage-bridge\n");
    await lab().bash(`rm ${own}; systemctl daemon-reload; systemctl restart forage-bridge`);
  });

  it("start the bridge with what its secrets are then, and wait for one that is missing", async () => {
    await lab().bash(`
      systemctl stop forage-bridge
      mv /run/secrets/github-token /run/token`);
    await expect(askAt("bob")).rejects.toThrow();
    await lab().bash("echo late >/run/token; mv /run/token /run/secrets/github-token");
    await within("the bridge", async () => {
      const found = await askAt("bob").catch(() => undefined);
      return found?.secrets["github"] === "late" || undefined;
    });
  });
});
