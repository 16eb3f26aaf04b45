import { once } from "node:events";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { needsLab, useLab } from "../support/lab.ts";
import { drive, FORAGE, LAB_PROJECT, type Lab, startPaused } from "../support/lab-host.ts";
import { within } from "../support/within.ts";

/** Makes a sandbox of the default template. */
async function up(lab: Lab, name: string): Promise<void> {
  expect(await lab.forage(["up", name, "-t", "default"])).toMatchObject({ status: 0 });
}

async function down(lab: Lab, name: string): Promise<void> {
  expect(await lab.forage(["down", name])).toMatchObject({ status: 0 });
  expect(await lab.leftovers(name)).toBe("");
}

needsLab("a driver", () => {
  const lab = useLab();
  const inLab = (script: string) => lab().bash(script, { directory: LAB_PROJECT });

  describe("says what is wrong, and leaves nothing", () => {
    it("with the build: which derivation, and its last lines", async () => {
      const { status, err } = await lab().forage(["up", "bld", "-t", "unbuilt"]);
      expect(status).toBe(1);
      expect(err).toMatch(
        /forage: the build of \/nix\/store\/\S+-unbuilt\.drv failed:\n(?: {4}.*\n)* {4}.*the reason why\n(?: {4}.*\n)* {2}the whole log: nix-store --read-log \/nix\/store\/\S+-unbuilt\.drv\n/,
      );
      expect(await lab().leftovers("bld")).toBe("");
      const verbose = await lab().forage(["up", "bld", "-t", "unbuilt", "-v"]);
      expect(verbose.err).toMatch(/^bld: {3}building '\/nix\/store\/\S+-unbuilt\.drv'/m);
    });

    it("with the container: the end of its journal; and systemd does not try it again", async () => {
      const { status, err } = await lab().forage(["up", "unfit", "-t", "unfit"]);
      expect(status).toBe(1);
      expect(err).toMatch(
        /forage: the container did not start; the end of its journal:\n(?: {4}.*\n)* {4}this one is unfit to start\n/,
      );
      expect(await lab().leftovers("unfit")).toBe("");
      // The unit has Restart=on-failure, and would be started again after 100 ms.
      await sleep(1500);
      expect(await lab().leftovers("unfit")).toBe("");
    });

    it("with secrets: which, and never what", async () => {
      await inLab(
        "cd /run/keys; mv anthropic kept; mkdir openai.d; mv openai openai.kept; : >openai",
      );
      const { status, err } = await lab().forage(["up", "sec", "-t", "default"]);
      expect(status).toBe(1);
      expect(err).toBe(
        [
          'forage: the secret "anthropic": there is no /run/keys/anthropic',
          "  put the secret there (sops-nix and agenix do), or correct its path in the configuration",
          'forage: the secret "openai": /run/keys/openai is empty',
          "  put the secret there",
          "",
        ].join("\n"),
      );
      const other = await lab().forage([
        "up",
        "sec",
        "-t",
        "default",
        "--secret",
        "anthropic=/run/keys/kept",
        "--secret",
        "openai=/run/keys/openai.d",
      ]);
      expect(other.err).toBe(
        'forage: the secret "openai": /run/keys/openai.d is no file\n  name the file that holds it\n',
      );
      const given = await lab().forage([
        "up",
        "sec",
        "-t",
        "default",
        "--secret",
        "anthropic=/run/keys/kept",
        "--secret",
        "openai=/run/keys/openai.kept",
      ]);
      expect(given.status).toBe(0);
      await down(lab(), "sec");
      await inLab("cd /run/keys; mv kept anthropic; mv openai.kept openai; rmdir openai.d");
    });

    it("with a full disk", async () => {
      await inLab(
        "mkdir -p /run/forage-secrets; mount -t tmpfs -o size=16k tmpfs /run/forage-secrets; cp /run/keys/openai /run/keys/big; head -c 100000 /dev/zero | tr '\\0' x >>/run/keys/big",
      );
      const { status, err } = await lab().forage([
        "up",
        "full",
        "-t",
        "default",
        "--secret",
        "openai=/run/keys/big",
      ]);
      expect(status).toBe(1);
      expect(err).toContain(
        'forage: the secret "openai" cannot be copied: no space is left on the device (/run/forage-secrets/full/openai)\n  make room and run it again\n',
      );
      expect(await lab().leftovers("full")).toBe("");
      await inLab("umount /run/forage-secrets; rm /run/keys/big");
    });

    it("with the name: a container that is not ours, or a sandbox that is", async () => {
      await inLab("echo PRIVATE_NETWORK=1 >/etc/nixos-containers/theirs.conf");
      const { status, err } = await lab().forage(["up", "theirs", "-t", "default"]);
      expect([status, err.split("\n").slice(-3)]).toEqual([
        1,
        [
          'forage: the host has a container "theirs" that is no sandbox of `forage up`, or what is left of one',
          "  choose another name; what there is of it: /etc/nixos-containers/theirs.conf, /var/lib/nixos-containers/theirs, /nix/var/nix/profiles/per-container/theirs",
          "",
        ],
      ]);
      expect((await lab().forage(["down", "theirs"])).err).toMatch(/there is no sandbox "theirs"/);
      expect(
        (await inLab("cat /etc/nixos-containers/theirs.conf; rm /etc/nixos-containers/theirs.conf"))
          .out,
      ).toBe("PRIVATE_NETWORK=1\n");
      const bad = await lab().forage(["down", "../x"]);
      expect([bad.status, bad.err]).toEqual([
        2,
        expect.stringContaining('"../x" cannot name a sandbox'),
      ]);
    });

    it("with the name: what is kept of a container that was there before", async () => {
      await inLab("mkdir -p /var/lib/nixos-containers/old/kept");
      const { status, err } = await lab().forage(["up", "old", "-t", "default"]);
      expect(status).toBe(1);
      expect(err).toMatch(
        /the host has a container "old" that is no sandbox of `forage up`, or what is left of one/,
      );
      expect(
        (await inLab("ls /var/lib/nixos-containers/old; rm -r /var/lib/nixos-containers/old")).out,
      ).toBe("kept\n");
    });

    it("with the name: a container that somebody makes meanwhile", async () => {
      const making = lab().start(
        ["node", "/opt/lab/paused.js", "build", "up", "late", "-t", "default", "--json"],
        { directory: LAB_PROJECT },
      );
      await new Promise<void>((built) => {
        making.child.stdout?.on("data", (data: Buffer) => {
          if (String(data).includes('"step":"build"')) built();
        });
      });
      await inLab(
        "mkdir -p /var/lib/nixos-containers/late/theirs; echo PRIVATE_NETWORK=1 >/etc/nixos-containers/late.conf",
      );
      await making.kill("SIGUSR2");
      const ended = await making.ended;
      expect(ended.status).toBe(1);
      expect(ended.err).toMatch(/the host has a container "late" that is no sandbox/);
      expect(
        (
          await inLab(
            "ls /var/lib/nixos-containers/late; rm -r /var/lib/nixos-containers/late; rm /etc/nixos-containers/late.conf",
          )
        ).out,
      ).toBe("theirs\n");
      expect(await lab().leftovers("late")).toBe("");
    });

    it("with the name: a container that somebody makes at the last moment", async () => {
      const script = [
        "#!/bin/bash",
        "if [[ $1 == create ]]; then",
        '  mkdir -p "/var/lib/nixos-containers/$2/theirs"',
        '  echo PRIVATE_NETWORK=1 >"/etc/nixos-containers/$2.conf"',
        "fi",
        'exec /opt/lab/nixos-container "$@"',
      ].join("\n");
      await lab().bash('printf %s "$SCRIPT" >/opt/hasty; chmod +x /opt/hasty', {
        env: { SCRIPT: script },
      });
      const { status, err } = await lab().forage(["up", "hasty", "-t", "default"], {
        env: { FORAGE_NIXOS_CONTAINER: "/opt/hasty" },
      });
      expect(status).toBe(1);
      expect(err).toMatch(/container ‘hasty’ already exists/);
      const { out } = await inLab(
        "cat /etc/nixos-containers/hasty.conf; ls /var/lib/nixos-containers/hasty; rm -r /etc/nixos-containers/hasty.conf /var/lib/nixos-containers/hasty",
      );
      expect(out).toBe("PRIVATE_NETWORK=1\ntheirs\n");
      expect(await lab().leftovers("hasty")).toBe("");
    });

    it("with a full disk where its records are: what it has made goes all the same", async () => {
      await inLab("mkdir -p /var/lib/forage; mount -t tmpfs -o size=48k tmpfs /var/lib/forage");
      await up(lab(), "noroom");
      await inLab("cat /dev/zero >/var/lib/forage/filler || true");
      const { status, err } = await lab().forage(["up", "nowhere", "-t", "default"]);
      expect(status).toBe(1);
      expect(err).toMatch(/\/var\/lib\/forage\/nowhere.*no space is left on the device/);
      await down(lab(), "noroom");
      expect(await lab().leftovers("nowhere")).toBe("");
      await inLab("umount /var/lib/forage");
    });

    it("with a workspace that is another one by now, and leaves the sandbox as it is", async () => {
      await inLab("install -d -o 1000 -g 1000 /srv/moved");
      expect(
        (await lab().forage(["up", "moved", "-t", "default", "-w", "/srv/moved"])).status,
      ).toBe(0);
      await inLab("mv /srv/moved /srv/kept; ln -s /srv/kept /srv/moved");
      const { status, err } = await lab().forage(["reset", "moved"]);
      expect([status, err]).toEqual([
        1,
        expect.stringMatching(/the workspace "\/srv\/moved" now leads to "\/srv\/kept"/),
      ]);
      expect((await lab().forage(["exec", "moved", "true"])).status).toBe(0);
      await down(lab(), "moved");
    });

    it("with a sandbox that has ended, and with who may not", async () => {
      await up(lab(), "ended");
      const nobody = await inLab(
        `setpriv --reuid 65534 --regid 65534 --clear-groups ${FORAGE} exec ended id 2>&1 || echo "status $?"`,
      );
      expect(nobody.out).toBe(
        "forage: only root can run commands in a sandbox\n  run it with sudo\nstatus 125\n",
      );
      await inLab(
        "mkdir -p /run/systemd/system/container@ended.service.d; echo '[Unit]' >/run/systemd/system/container@ended.service.d/theirs.conf; systemctl stop container@ended",
      );
      for (const args of [
        ["rotate", "ended"],
        ["verify", "ended"],
      ])
        expect((await lab().forage(args)).err).toBe(
          'forage: the sandbox "ended" does not run\n  start it anew: forage reset ended\n',
        );
      const exec = await lab().forage(["exec", "ended", "id"]);
      expect(exec.status).toBe(125);
      expect(exec.err).toMatch(
        /the sandbox "ended" does not run: its container is inactive\n {2}start it anew/,
      );
      expect((await lab().forage(["reset", "ended"])).status).toBe(0);
      expect((await lab().forage(["exec", "ended", "pwd"])).out).toBe("/home/agent\n");
      expect((await lab().forage(["down", "ended"])).status).toBe(0);
      expect(
        (
          await inLab(
            "ls /run/systemd/system/container@ended.service.d; rm -r /run/systemd/system/container@ended.service.d",
          )
        ).out,
      ).toBe("theirs.conf\n");
    });

    it("with the workspace", async () => {
      const attempt = async (path: string) =>
        (await lab().forage(["up", "wsp", "-t", "default", "-w", path])).err;
      expect(await attempt("/srv/none")).toBe(
        'forage: there is no workspace "/srv/none"\n  make it: install -d -o 1000 -g 1000 /srv/none\n',
      );
      await inLab("ln -s /etc /srv/link; touch /srv/file");
      expect(await attempt("/srv/link")).toMatch(
        /the workspace "\/srv\/link": "\/etc" is the host's own/,
      );
      expect(await attempt("/srv/file")).toMatch(/the workspace "\/srv\/file" is no directory/);
      await inLab("install -d -o 0 /srv/roots");
      expect(await attempt("/srv/roots")).toMatch(
        /warning: wsp: the workspace \/srv\/roots belongs to user 0, and the agents run as 1000\n {2}if they are to write there: chown 1000:1000 \/srv\/roots\n/,
      );
      await down(lab(), "wsp");
    });

    it("with the machine: no root, no nixos-container, no Nix, and a disk for a tmpfs", async () => {
      const nobody = await inLab(
        `setpriv --reuid 65534 --regid 65534 --clear-groups env -u FORAGE_NIXOS_CONTAINER HOME=/ ${FORAGE} up x -t default 2>&1 || echo "status $?"`,
      );
      expect(nobody.out).toBe(
        [
          "forage: only root can make and remove containers",
          "  run it with sudo; `forage up --dry-run` shows what would be done, as anybody",
          "forage: there is no nixos-container on this machine",
          "  on NixOS set boot.enableContainers = true; elsewhere there are no NixOS containers: `forage up --dry-run` shows what would be done",
          "status 1",
          "",
        ].join("\n"),
      );
      const bare = await inLab(
        `mkdir /tmp/bin; ln -s $(type -P node) $(type -P systemctl) /tmp/bin; PATH=/tmp/bin ${FORAGE} up x -t default || true`,
      );
      for (const tool of ["nix-build", "systemd-run", "machinectl", "flock"])
        expect(bare.err).toContain(`forage: there is no ${tool} on this machine\n`);
      await inLab(
        "mkdir -p /run/forage-secrets /var/disk; mount --bind /var/disk /run/forage-secrets",
      );
      const { err } = await lab().forage(["up", "disk", "-t", "default"]);
      expect(err).toMatch(
        /warning: disk: \/run\/forage-secrets is \S+ and no tmpfs, so the copies of "anthropic", "openai" are written to a disk\n {2}mount a tmpfs/,
      );
      await down(lab(), "disk");
      await inLab("umount /run/forage-secrets");
    });
  });

  describe("is not alone", () => {
    it("when two make one sandbox: one does, and the other says who", async () => {
      const both = await Promise.all(
        [1, 2].map(() => lab().forage(["up", "two", "-t", "default"])),
      );
      expect(both.map(({ status }) => status).toSorted()).toEqual([0, 1]);
      const loser = both.find(({ status }) => status === 1);
      expect(loser?.err).toMatch(
        /^forage: (?:forage up \(process \d+\) is at work on this sandbox\n {2}wait|the sandbox "two" is there already)/m,
      );
      await down(lab(), "two");
    });

    it("when one makes what another removes: they take turns", async () => {
      for (const step of ["build", "create", "start", "ready"]) {
        const making = startPaused(lab(), step, ["up", "turns", "-t", "default"]);
        await new Promise((resolve) => making.child.stdout?.once("data", resolve));
        const removing = lab().startForage(["down", "turns", "--ignore-missing"]);
        const [said] = await once(removing.child.stderr as Readable, "data");
        expect(String(said)).toMatch(/waiting for forage up \(process \d+\)/);
        await making.kill("SIGUSR2");
        expect((await making.ended).status).toBe(0);
        expect((await removing.ended).status).toBe(0);
        expect(await lab().leftovers("turns")).toBe("");
      }
    });
  });

  describe("knows the traps of containers", () => {
    it("a container that does not stop: killed after the limit, with a word", async () => {
      await up(lab(), "hang");
      await inLab(
        "mkdir -p /etc/systemd/system/container@hang.service.d; printf '[Service]\\nExecStop=/bin/sleep 60\\n' >/etc/systemd/system/container@hang.service.d/slow.conf; systemctl daemon-reload",
      );
      const { events, code } = await drive(lab(), {
        task: "down",
        names: ["hang"],
        timeLimits: { stop: 1500 },
      });
      expect(code).toBeUndefined();
      expect(events).toContainEqual(
        expect.objectContaining({
          kind: "warning",
          message: "the container did not stop within 1.5 s, and was killed",
        }),
      );
      await inLab("rm -r /etc/systemd/system/container@hang.service.d; systemctl daemon-reload");
      expect(await lab().leftovers("hang")).toBe("");
    });

    it("systemd that gives up on the stop and calls it a success", async () => {
      await up(lab(), "gaveup");
      await inLab(
        "mkdir -p /etc/systemd/system/container@gaveup.service.d; printf '[Service]\\nExecStop=/bin/sleep 60\\nTimeoutStopSec=1\\n' >/etc/systemd/system/container@gaveup.service.d/slow.conf; systemctl daemon-reload",
      );
      const { err, status } = await lab().forage(["down", "gaveup"]);
      expect(status).toBe(0);
      expect(err).toMatch(
        /warning: gaveup: systemd gave up waiting for the container to stop, and killed it/,
      );
      await inLab("rm -r /etc/systemd/system/container@gaveup.service.d; systemctl daemon-reload");
      expect(await lab().leftovers("gaveup")).toBe("");
    });

    it("systemd-machined that has not forgotten it yet, and would take no other of its name", async () => {
      await up(lab(), "known");
      const machinectl = `#!/bin/bash
        if [[ $1 == show ]] && ! systemctl -q is-active container@known && (($(wc -l </tmp/late/asked) < 3)); then
          echo asked >>/tmp/late/asked
          echo 1234567
        else
          exec /usr/bin/machinectl "$@"
        fi`;
      await lab().bash(
        "mkdir /tmp/late; touch /tmp/late/asked; cat >/tmp/late/machinectl; chmod +x /tmp/late/machinectl",
        { input: machinectl },
      );
      await inLab(`PATH=/tmp/late:$PATH ${FORAGE} down known`);
      expect((await lab().bash("cat /tmp/late/asked; rm -r /tmp/late")).out).toBe(
        "asked\nasked\nasked\n",
      );
      expect(await lab().leftovers("known")).toBe("");
    });

    it("commands that run in it when it is removed, as ours and as nixos-container's", async () => {
      await up(lab(), "busy");
      const ours = lab().startForage(["exec", "busy", "sleep", "321"]);
      const theirs = lab().start(["/opt/lab/nixos-container", "run", "busy", "--", "sleep", "321"]);
      await within("both to run", async () =>
        (await lab().bash("pgrep -fxc 'sleep 321' || true")).out === "2\n" ? true : undefined,
      );
      expect(await lab().forage(["down", "busy"])).toMatchObject({ status: 0 });
      await Promise.all([ours.ended, theirs.ended]);
      expect(await lab().leftovers("busy")).toBe("");
      expect((await lab().bash("pgrep -fx 'sleep 321' || true")).out).toBe("");
    });

    it("a client that is killed, whose command goes on inside until the sandbox goes", async () => {
      await up(lab(), "orphan");
      const running = lab().startForage([
        "exec",
        "orphan",
        "sh",
        "-c",
        "echo begun; exec sleep 322",
      ]);
      await new Promise((resolve) => running.child.stdout?.once("data", resolve));
      await running.kill("SIGKILL");
      await lab().bash("pkill -KILL systemd-run || true; pgrep -fx 'sleep 322'");
      await down(lab(), "orphan");
      expect((await lab().bash("pgrep -fx 'sleep 322' || true")).out).toBe("");
    });
  });

  it("has no secret's value pass through any program of its own", async () => {
    const value = (await lab().bash("cat /run/keys/anthropic")).out.trim();
    const trace = (args: string) =>
      inLab(`strace -f -v -s 100000 -o /tmp/trace.$RANDOM ${FORAGE} ${args}`);
    for (const args of [
      "up canary -t default --json",
      "exec canary claude",
      "ps --json",
      "rotate canary --json -v",
      "reset canary -v",
      "logs canary",
      "down canary -v",
    ]) {
      const { out, err, status } = await trace(args);
      expect({ args, status }).toEqual({ args, status: 0 });
      expect(out + err).not.toContain(value);
    }
    await up(lab(), "canary");
    for (const args of [
      ["verify", "canary"],
      ["verify", "canary", "--json"],
      ["down", "canary", "-v"],
    ]) {
      const { out, err, status } = await lab().forage(args);
      expect({ args, status }).toEqual({ args, status: 0 });
      expect(out + err).not.toContain(value);
    }
    const found = await lab().bash(
      `cat /tmp/trace.* | grep -c . ; grep -lF "${value}" /tmp/trace.* || true; journalctl --no-pager --output=export | grep -cF "${value}" || true; grep -rlF "${value}" /var/lib/forage /etc /run --exclude-dir=keys 2>/dev/null || true`,
    );
    const [lines, ...rest] = found.out.trim().split("\n");
    expect(Number(lines)).toBeGreaterThan(10_000);
    expect(rest).toEqual(["0"]);
    expect(await lab().leftovers("canary")).toBe("");
  });

  it("has no secret's value in a core dump of its own", async () => {
    const dumped = async (holding: string) => {
      const script = `
        import { readFileSync } from "node:fs";
        import { withoutCoreDump } from "/opt/forage/dist/driver/verify/core-dump.js";
        const hold = async () => {
          const value = readFileSync("/run/keys/openai");
          console.log(value.length);
          process.kill(process.pid, "SIGABRT");
          await new Promise((resolve) => setTimeout(resolve, 5000));
        };
        await ${holding};
      `;
      const { out } = await lab().bash(
        `mkdir -p /tmp/cores; cd /tmp/cores; rm -f *; ulimit -c unlimited
         node --input-type=module -e "$SCRIPT" >/dev/null 2>&1 || true
         ls | wc -l; grep -caF -f /run/keys/openai * || true`,
        { env: { SCRIPT: script } },
      );
      return out;
    };
    expect(await dumped("hold()")).toMatch(/^1\n[1-9]/);
    expect(await dumped("withoutCoreDump(hold)")).toBe("1\n0\n");
  });

  it("collects what belongs to nobody, and nothing else", async () => {
    await up(lab(), "mine");
    await inLab(
      "mkdir -p /var/lib/nixos-containers/stray/kept /var/lib/forage/other; echo '{\"version\":99}' >/var/lib/forage/other/record.json; mkdir -p /run/forage-secrets/stray /run/forage-secrets/hosts /run/forage-secrets/.odd /var/lib/nixos-containers/.#machine.lost0123456789abcdef; echo x >/run/forage-secrets/stray/key; systemd-run -q --unit forage-secrets-hosts sleep 600",
    );
    const dry = await lab().forage(["gc", "--dry-run"]);
    expect(dry.out).toBe(
      [
        "would remove lost: it has no container",
        "  /var/lib/nixos-containers/.#machine.lost0123456789abcdef",
        "would remove stray: it has no container",
        "  /run/forage-secrets/stray",
        "",
      ].join("\n"),
    );
    expect((await lab().bash("ls -A /run/forage-secrets")).out).toBe(".odd\nhosts\nmine\nstray\n");
    // Two locks: one of whom nobody knows any more, and one of somebody at work.
    await inLab('echo \'{"pid":1,"startTime":"0","command":"forage up"}\' >/run/forage/gone.lock');
    const busy = lab().start([
      "bash",
      "-c",
      'exec 9>>/run/forage/busy.lock; flock 9; printf \'{"pid":%s,"startTime":"%s","command":"forage up"}\' $$ "$(cut -d " " -f 22 /proc/$$/stat)" >&9; echo; exec sleep 600',
    ]);
    await once(busy.child.stdout as Readable, "data");
    const { status, out } = await lab().forage(["gc", "--json"]);
    expect([status, JSON.parse(out).map(({ name }: { name: string }) => name)]).toEqual([
      0,
      ["lost", "stray"],
    ]);
    expect(
      (await lab().bash("ls -A /run/forage-secrets /var/lib/nixos-containers | sort -u")).out,
    ).not.toMatch(/lost/);
    expect((await lab().bash("ls -A /run/forage-secrets")).out).toBe(".odd\nhosts\nmine\n");
    expect((await lab().bash("ls -A /run/forage")).out).toBe("busy.lock\n");
    await busy.kill("SIGKILL");
    expect(
      (await lab().bash("ls /var/lib/nixos-containers/stray /var/lib/forage/other")).out,
    ).toMatch(/kept\n/);
    const { err } = await lab().forage(["exec", "other", "id"]);
    expect(err).toBe(
      'forage: the record of the sandbox "other" cannot be read: another version of forage wrote it\n  use that version, or remove the sandbox: forage down other\n',
    );
    await down(lab(), "other");
    await down(lab(), "mine");
    await inLab(
      "rm -r /var/lib/nixos-containers/stray; systemctl stop forage-secrets-hosts; rm -r /run/forage/busy.lock /run/forage-secrets/hosts /run/forage-secrets/.odd",
    );
  });

  describe("verifies", () => {
    /** What else does not hold then. */
    const LEADS_TO: Readonly<Record<string, readonly string[]>> = {
      "service-manager": ["login-shell"],
      "set-environment": ["login-shell"],
    };
    const broken: Readonly<Record<string, readonly [make: string, undo: string]>> = {
      files: [
        "chmod 0444 /run/forage-secrets/vfy/openai",
        "chmod 0400 /run/forage-secrets/vfy/openai",
      ],
      "service-manager": [
        'systemctl -M vfy set-environment KEY="$(cat /run/keys/openai)"',
        "systemctl -M vfy unset-environment KEY",
      ],
      "set-environment": [
        "echo \"export KEY=$(cat /run/keys/openai)\" >/tmp/set; systemd-run -q -M vfy --pipe --wait sh -c 'rm /etc/set-environment; cat >/etc/set-environment; echo export PATH=$PATH:/run/current-system/sw/bin >>/etc/set-environment' </tmp/set",
        "systemd-run -q -M vfy --pipe --wait sed -i /KEY/d /etc/set-environment || systemd-run -q -M vfy --pipe --wait sh -c 'grep -v KEY /etc/set-environment >/etc/x; mv /etc/x /etc/set-environment'",
      ],
      "command-lines": [
        '(exec -a "agent $(cat /run/keys/openai)" sleep 600) >/dev/null 2>&1 & disown',
        "pkill -f 'agent '",
      ],
      mount: [
        "systemd-run -q -M vfy --pipe --wait mount -o remount,rw,bind /run/secrets",
        "systemd-run -q -M vfy --pipe --wait mount -o remount,ro,bind /run/secrets",
      ],
      "raw:claude": [
        `agent=$(grep -oh '/nix/store/[^ ]*/bin/claude' /nix/var/nix/profiles/per-container/vfy/system/sw/bin/claude)
        echo "export PATH=/run/current-system/sw/bin:/usr/bin:$(dirname "$agent")" >/tmp/set
        systemd-run -q -M vfy --pipe --wait sh -c 'rm /etc/set-environment; cat >/etc/set-environment' </tmp/set`,
        "echo export PATH=/run/current-system/sw/bin:/usr/bin:/bin >/tmp/set; systemd-run -q -M vfy --pipe --wait sh -c 'cat >/etc/set-environment' </tmp/set",
      ],
      "wrapper:claude": [
        "mv /run/forage-secrets/vfy/anthropic /run/kept; printf 'one\\0two-placeholder' | install -m 0400 -o 1000 -g 1000 /dev/stdin /run/forage-secrets/vfy/anthropic",
        "mv /run/kept /run/forage-secrets/vfy/anthropic",
      ],
    };

    it("each promise, and names the one that does not hold", async () => {
      await up(lab(), "vfy");
      for (const [id, [make, undo]] of Object.entries(broken)) {
        const made = await lab().bash(make);
        expect({ id, ...made }).toMatchObject({ status: 0 });
        const { status, out, err } = await lab().forage(["verify", "vfy", "--json"]);
        const findings = JSON.parse(out) as { id: string; holds: boolean }[];
        const ids = findings.filter(({ holds }) => !holds).map((finding) => finding.id);
        expect({ id, status, ids }).toEqual({ id, status: 1, ids: [...(LEADS_TO[id] ?? []), id] });
        expect(err).toMatch(/^forage: broken: /);
        expect((await lab().bash(undo)).status).toBe(0);
      }
      // What is in the store of every system here.
      await lab().bash("echo -n bash-static >/run/forage-secrets/vfy/openai");
      const { out } = await lab().forage(["verify", "vfy"]);
      expect(out).toMatch(
        /^BROKEN {2}no key is in the system's store paths: \/nix\/store\/\S+ holds the secret "openai"$/m,
      );
      await down(lab(), "vfy");
    });
  });
});
