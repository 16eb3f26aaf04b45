import { lstat, mkdir, mkdtemp, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { beforeAll, describe, expect, it } from "vitest";
import { defineConfig, renderExtraContainer, renderNixosModule } from "../../lib/index.ts";
import { type PrivateNix, useNix } from "../support/nix.ts";
import { evalNixosModule } from "../support/nixos.ts";
import { needs, needsRoot } from "../support/tools.ts";

const KEY = "sk-ant-placeholder-\u0001-key";
const NAMES = ["anthropic", "it's", "a b", "-n", "$HOME", "ü"];

interface Unit {
  readonly start: string;
  readonly stop: string;
}

/** Where the host's files of secrets are, and what takes the place of its /run. */
interface Host {
  readonly sources: string;
  readonly run: string;
  /** The copies of a sandbox. */
  readonly copies: string;
  readonly source: (name: string) => string;
}

async function newHost(nix: PrivateNix): Promise<Host> {
  const directory = await mkdtemp(join(nix.directory, "host-"));
  const [sources, run] = [join(directory, "sources"), join(directory, "run")];
  await Promise.all([mkdir(sources), mkdir(run)]);
  const source = (name: string) => join(sources, `file-${NAMES.indexOf(name)}`);
  return { sources, run, copies: join(run, "forage-secrets/alice"), source };
}

function configOf({ source }: Host) {
  return defineConfig({
    secrets: Object.fromEntries([...NAMES, "other"].map((name) => [name, source(name)])),
    templates: {
      default: {
        agents: {
          claude: {
            package: "claude-code",
            secrets: NAMES.map((secretName, index) => ({ variable: `KEY_${index}`, secretName })),
          },
        },
        user: { uid: 4242 },
      },
    },
    sandboxes: { alice: { template: "default" } },
  });
}

/** Runs a script as the unit's would be, in a mount namespace where the host's /run is another. */
function runAsUnit(host: Host, script: string) {
  const enter = 'mount --bind "$1" /run && exec bash --norc -e -c "$2"';
  return execa("unshare", ["--mount", "sh", "-c", enter, "sh", host.run, script], {
    env: { PATH: process.env["PATH"] ?? "" },
    extendEnv: false,
    reject: false,
  });
}

async function unitOf(nix: PrivateNix, text: string, service: string, start: string) {
  return (await evalNixosModule(
    nix,
    text,
    `config: let unit = config.systemd.services."${service}"; in { start = unit.${start}; stop = unit.postStop; }`,
    { unfree: [] },
  )) as Unit;
}

const FORMS = {
  "a NixOS module's unit": (nix: PrivateNix, host: Host) =>
    unitOf(nix, renderNixosModule(configOf(host)), "forage-secrets-alice", "script"),
  "extra-container's hooks": (nix: PrivateNix, host: Host) =>
    unitOf(nix, renderExtraContainer(configOf(host)), "container@alice", "preStart"),
};

needsRoot("nix-instantiate", "unshare")("copies of secrets", () => {
  const nix = useNix();

  describe.each(Object.entries(FORMS))("by %s", (_, unit) => {
    let host: Host;
    let start: () => ReturnType<typeof runAsUnit>;
    let stop: () => ReturnType<typeof runAsUnit>;

    beforeAll(async () => {
      host = await newHost(nix());
      const { start: script, stop: removal } = await unit(nix(), host);
      start = () => runAsUnit(host, script);
      stop = () => runAsUnit(host, removal);
      for (const name of NAMES)
        await writeFile(host.source(name), `${KEY} of ${name}\n`, { mode: 0o600 });
    });

    /** Owners, mode and kind of what is at a path. */
    async function facts(path: string): Promise<string> {
      const { uid, gid, mode } = await lstat(path);
      return `${uid}:${gid} ${(mode & 0o177777).toString(8)}`;
    }

    it("are whole, and the agent's alone", async () => {
      expect(await start()).toMatchObject({ exitCode: 0, stdout: "", stderr: "" });
      expect((await readdir(host.copies)).toSorted()).toEqual(NAMES.toSorted());
      for (const name of NAMES) {
        expect(await readFile(join(host.copies, name), "utf8")).toBe(`${KEY} of ${name}\n`);
        expect(await facts(join(host.copies, name))).toBe("4242:4242 100400");
      }
      expect(await facts(host.copies)).toBe("0:0 40755");
      expect(await facts(join(host.run, "forage-secrets"))).toBe("0:0 40700");
    });

    it("are gone when it stops, and no other sandbox's", async () => {
      const other = join(host.run, "forage-secrets/bob");
      await mkdir(other);
      expect(await stop()).toMatchObject({ exitCode: 0, stderr: "" });
      expect(await readdir(join(host.run, "forage-secrets"))).toEqual(["bob"]);
      expect(await stop()).toMatchObject({ exitCode: 0, stderr: "" });
    });

    it("are fresh each time", async () => {
      await start();
      await writeFile(join(host.copies, "stale"), "old");
      await mkdir(join(host.copies, "stale directory"));
      await writeFile(join(host.copies, "anthropic"), "old");
      expect((await start()).exitCode).toBe(0);
      expect((await readdir(host.copies)).toSorted()).toEqual(NAMES.toSorted());
      expect(await readFile(join(host.copies, "anthropic"), "utf8")).toContain(KEY);
    });

    it("take the place of a link, not of what it leads to", async () => {
      await stop();
      const elsewhere = join(host.run, "elsewhere");
      await mkdir(elsewhere);
      await writeFile(join(elsewhere, "kept"), "");
      await symlink(elsewhere, host.copies);
      expect((await start()).exitCode).toBe(0);
      expect(await facts(host.copies)).toBe("0:0 40755");
      expect(await readdir(elsewhere)).toEqual(["kept"]);
    });

    it("are of what a link leads to, as sops-nix and agenix have it", async () => {
      const generation = join(host.sources, "generation-1");
      await writeFile(generation, "linked", { mode: 0o400 });
      await execa("ln", ["-sf", generation, host.source("anthropic")]);
      expect((await start()).exitCode).toBe(0);
      expect(await readFile(join(host.copies, "anthropic"), "utf8")).toBe("linked");
      expect(await facts(join(host.copies, "anthropic"))).toBe("4242:4242 100400");
    });

    it("are none when a source is missing, empty or no file, each of which it names", async () => {
      await execa("rm", [host.source("anthropic"), host.source("a b")]);
      await writeFile(host.source("$HOME"), "");
      await mkdir(host.source("a b"));
      const { exitCode, stdout, stderr } = await start();
      expect([exitCode, stdout]).toEqual([1, ""]);
      expect(stderr.split("\n").toSorted()).toEqual(
        [
          `forage: the secret anthropic: ${host.source("anthropic")} is missing`,
          `forage: the secret a b: ${host.source("a b")} is not a file`,
          `forage: the secret $HOME: ${host.source("$HOME")} is empty`,
        ].toSorted(),
      );
      expect(stderr).not.toContain(KEY);
      // systemd does so after a start that failed, too.
      await stop();
      expect(await readdir(join(host.run, "forage-secrets"))).toEqual(["bob"]);
    });
  });
});

needs("nix-instantiate", "shellcheck")("shellcheck", () => {
  const nix = useNix();

  it.each(Object.entries(FORMS))("finds nothing in %s", async (_, unit) => {
    const { start, stop } = await unit(nix(), await newHost(nix()));
    for (const script of [start, stop]) {
      const { stdout } = await execa(
        "shellcheck",
        // nixpkgs puts "$HOME", the name of a secret here, into single quotes.
        ["--norc", "--severity=style", "--shell=bash", "--exclude=SC2016", "-"],
        { input: `#!/bin/bash -e\n${script}`, reject: false },
      );
      expect(stdout).toBe("");
    }
  });
});
