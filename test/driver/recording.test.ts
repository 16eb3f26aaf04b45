import { describe, expect, it } from "vitest";
import { type DriverEvent, recordingDriver, type Step } from "../../lib/driver/index.ts";
import { agents, defineConfig, ForageError, pkgs } from "../../lib/index.ts";
import { ref } from "../../lib/nix/index.ts";

const config = defineConfig({
  secrets: {
    anthropic: "/run/secrets/anthropic",
    openai: "/run/secrets/openai",
    sops: ref("config", "sops", "secrets", "key", "path"),
  },
  templates: {
    default: {
      agents: {
        claude: agents.claudeCode({ secretName: "anthropic" }),
        aider: agents.aider({ secretName: "openai", authEnvVar: "OPENAI_API_KEY" }),
      },
      bindMounts: { "/data": { hostPath: "/srv/data" } },
      user: { name: "coder", uid: 4242 },
    },
    offline: {
      agents: { ollama: { package: "ollama" } },
      network: "none",
      ephemeral: false,
      stateVersion: "25.11",
    },
    shared: { agents: { ollama: { package: "ollama" } }, network: "host" },
    sops: {
      agents: { claude: agents.claudeCode({ secretName: "sops" }) },
    },
    bridged: {
      auth: "bridge",
      agents: { claude: agents.claudeCode({ secretName: "anthropic" }) },
    },
    flaky: { agents: { claude: { package: ref("inputs", "x", "claude") } } },
  },
  sandboxes: {
    alice: {
      template: "default",
      workspace: "/srv/alice",
      hostAddress: "10.1.2.1",
      localAddress: "10.1.2.2",
    },
  },
});

const withBridge = defineConfig({
  secrets: { anthropic: "/run/keys/anthropic", github: "/run/keys/github" },
  bridge: {
    credentials: { git: { provider: "github-git", secret: "github" } },
    limits: { requestsPerMinute: 9 },
  },
  templates: {
    default: {
      auth: "bridge",
      bridge: { credentials: ["git"] },
      agents: { claude: agents.claudeCode({ secretName: "anthropic" }) },
    },
  },
});

/** The steps of a template's sandbox. */
async function stepsOf(template: string, request: object = {}): Promise<readonly Step[]> {
  const driver = recordingDriver();
  await driver.up(config, { name: "web", template, ...request });
  return driver.steps;
}

function actionOf(steps: readonly Step[], id: string): Step["action"] | undefined {
  return steps.find((step) => step.id === id)?.action;
}

async function problemOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ForageError);
  const { code, message } = error as ForageError;
  return `${code}: ${message}`;
}

describe("a recording driver", () => {
  it("gives the steps of a sandbox's life, in their order", async () => {
    const driver = recordingDriver();
    await driver.up(config, { name: "alice" });
    const made = driver.steps.length;
    expect(driver.steps.map(({ id }) => id)).toEqual([
      "module",
      "build",
      "secrets-root",
      "secrets-directory",
      "secret:anthropic",
      "secret:openai",
      "create",
      "conf",
      "drop-in",
      "start",
      "ready",
    ]);
    await driver.down("alice");
    expect(driver.steps.slice(made).map(({ id }) => id)).toEqual([
      "runs",
      "stop",
      "destroy",
      "secrets",
      "untie",
      "remnants",
      "system",
      "state",
    ]);
    expect(await driver.list()).toEqual([]);
  });

  it("gives exact command lines, files, owners and modes", async () => {
    const steps = await stepsOf("default", { name: "alice", nixpkgs: "/srv/nixpkgs" });
    expect(actionOf(steps, "build")).toMatchObject({
      argv: [
        "nix-build",
        expect.stringMatching(/\/nix\/build-sandbox\.nix$/),
        ...["--argstr", "name", "alice"],
        ...["--argstr", "module", "/var/lib/forage/alice/sandbox.nix"],
        ...["--argstr", "nixpkgs", "/srv/nixpkgs"],
        ...["--out-link", "/var/lib/forage/alice/system"],
      ],
    });
    expect(actionOf(steps, "secrets-root")).toMatchObject({
      path: "/run/forage-secrets",
      mode: 0o700,
    });
    expect(actionOf(steps, "secrets-directory")).toMatchObject({ mode: 0o755, isFresh: true });
    expect(actionOf(steps, "secret:openai")).toEqual({
      kind: "copy-secret",
      secret: "openai",
      from: "/run/secrets/openai",
      to: "/run/forage-secrets/alice/openai",
      mode: 0o400,
      uid: 4242,
      replaces: false,
    });
    expect(actionOf(steps, "create")).toMatchObject({
      argv: [
        ...["nixos-container", "create", "alice"],
        ...["--system-path", "/var/lib/forage/alice/system"],
        ...["--host-address", "10.1.2.1", "--local-address", "10.1.2.2"],
      ],
    });
    expect(actionOf(steps, "conf")).toEqual({
      kind: "append",
      path: "/etc/nixos-containers/alice.conf",
      text: [
        "# Added by `forage up`.",
        "COPY_RESOLV_CONF=1",
        "EXTRA_NSPAWN_FLAGS=--ephemeral --link-journal=no --bind-ro=/run/forage-secrets/alice:/run/secrets --bind=/srv/alice:/workspace --bind-ro=/srv/data:/data",
        "",
      ].join("\n"),
    });
  });

  it("binds no secret where there is none, and brings no link where there is to be none", async () => {
    const offline = await stepsOf("offline");
    expect(offline.map(({ id }) => id)).not.toContain("secrets-directory");
    expect(actionOf(offline, "conf")).toMatchObject({
      text: "# Added by `forage up`.\nHOST_ADDRESS=\nLOCAL_ADDRESS=\nEXTRA_NSPAWN_FLAGS=--inaccessible=/nix/var/nix/daemon-socket\n",
    });
    expect(actionOf(await stepsOf("shared"), "conf")).toMatchObject({
      text: "# Added by `forage up`.\nCOPY_RESOLV_CONF=1\nHOST_ADDRESS=\nLOCAL_ADDRESS=\nPRIVATE_NETWORK=0\nEXTRA_NSPAWN_FLAGS=--ephemeral --link-journal=no\n",
    });
  });

  it("has the bridge know a sandbox before its container is made, and copies no secret", async () => {
    const driver = recordingDriver();
    await driver.up(config, { name: "web", template: "bridged" });
    expect(driver.steps.map(({ id }) => id)).toEqual([
      "module",
      "build",
      "register",
      "create",
      "conf",
      "drop-in",
      "start",
      "ready",
    ]);
    expect(actionOf(driver.steps, "register")).toEqual({
      kind: "register",
      sandbox: "web",
      grant: { credentials: ["anthropic"], policy: {}, limits: {} },
    });
    expect(actionOf(driver.steps, "conf")).toMatchObject({
      text: expect.stringContaining("--bind-ro=/run/forage-bridge/web:/run/forage-bridge"),
    });
    const other = recordingDriver();
    await other.up(withBridge, { name: "web" });
    expect(actionOf(other.steps, "register")).toMatchObject({
      grant: { credentials: ["anthropic", "git"], limits: { requestsPerMinute: 9 } },
    });
    const before = driver.steps.length;
    await driver.down("web");
    expect(driver.steps.slice(before).map(({ action }) => action)).toContainEqual({
      kind: "unregister",
      sandbox: "web",
    });
  });

  it("says what it does as it does it", async () => {
    const events: DriverEvent[] = [];
    const driver = recordingDriver({ onEvent: (event) => events.push(event) });
    await driver.up(config, { name: "alice" });
    const [plan, first, second] = events;
    expect(plan).toMatchObject({ kind: "plan", sandbox: "alice", task: "up" });
    expect(first).toMatchObject({ kind: "step", step: "module", state: "started" });
    expect(second).toMatchObject({ kind: "step", step: "module", state: "finished" });
    expect(JSON.parse(JSON.stringify(events))).toEqual(events);
  });

  it("goes on when whoever is told throws", async () => {
    const driver = recordingDriver({
      onEvent: () => {
        throw new Error("not now");
      },
    });
    await driver.up(config, { name: "alice" });
    expect(await driver.list()).toHaveLength(1);
  });

  it("notes what would be run in a sandbox", async () => {
    const driver = recordingDriver();
    const sandbox = await driver.up(config, { name: "alice" });
    await sandbox.exec(["echo", "$HOME"]);
    expect(driver.commands).toEqual([expect.arrayContaining(["--uid=coder", "echo", "$$HOME"])]);
    await sandbox[Symbol.asyncDispose]();
    expect(await driver.list()).toEqual([]);
  });

  it("lists, makes anew and rotates as the other does", async () => {
    const driver = recordingDriver();
    await driver.up(config, { name: "alice" });
    expect(await driver.list()).toMatchObject([
      { name: "alice", template: "default", state: "up", workspace: "/srv/alice" },
    ]);
    const before = driver.steps.length;
    await driver.rotate("alice");
    expect(driver.steps.slice(before).map(({ action }) => action)).toEqual([
      expect.objectContaining({ secret: "anthropic", replaces: true }),
      expect.objectContaining({ secret: "openai", replaces: true }),
    ]);
    await driver.reset("alice");
    expect(driver.steps.slice(before + 2).map(({ id }) => id)).not.toContain("build");
    expect(await driver.gc()).toEqual([]);
  });

  it("stops at once when it is told to, and takes back what it has begun", async () => {
    const controller = new AbortController();
    const driver = recordingDriver({
      onEvent: (event) => {
        if (event.kind === "step" && event.step === "create") controller.abort();
      },
    });
    const { signal } = controller;
    expect(await problemOf(driver.up(config, { name: "alice" }, { signal }))).toMatch(
      /^interrupted: /,
    );
    const ids = driver.steps.map(({ id }) => id);
    expect(ids).not.toContain("start");
    expect(ids.at(-1)).toBe("state");
    expect(await driver.list()).toEqual([]);
  });
});

describe("up refuses", () => {
  const up = (request: object) => problemOf(recordingDriver().up(config, request as never));

  it.each([
    [
      { name: "web_1", template: "default" },
      /^definition: sandboxes\.web_1: "web_1" cannot name a sandbox/,
    ],
    [
      { name: "web", template: "defualt" },
      /the configuration has no template "defualt"\n {2}did you mean "default"/,
    ],
    [
      { name: "web", template: "default", workspace: "relative" },
      /^definition: sandboxes\.web\.workspace: "relative" is no path/,
    ],
    [
      { name: "web", template: "default", workspace: "/srv/a b" },
      /is no path that systemd-nspawn can bind/,
    ],
    [{ name: "web", template: "default", workspace: "/etc" }, /"\/etc" is the host's own/],
    [
      { name: "web", template: "sops" },
      /^secret: secrets\.sops: its path comes from a NixOS configuration.*\n {2}say where it is on this host: --secret sops=/,
    ],
    [
      { name: "web", template: "default", secrets: { antropic: "/x" } },
      /no agent of the template names a secret "antropic"\n {2}did you mean "anthropic"/,
    ],
    [
      { name: "web", template: "default", secrets: { openai: "/nix/store/x" } },
      /^secret: secrets\.openai: "\/nix\/store\/x" is Nix's own/,
    ],
    [
      { name: "web", template: "flaky" },
      /^definition: templates\.flaky\.agents\.claude\.package: it needs inputs, which forage up does not have/,
    ],
  ])("%j", async (request, message) => {
    expect(await up(request)).toMatch(message);
  });

  it("a name that it has given already, and a name that it has not", async () => {
    const driver = recordingDriver();
    await driver.up(config, { name: "alice" });
    expect(await problemOf(driver.up(config, { name: "alice" }))).toMatch(
      /^sandbox: the sandbox "alice" is there already/,
    );
    expect(await problemOf(driver.down("alcie"))).toBe(
      'sandbox: there is no sandbox "alcie"\n  did you mean "alice"?',
    );
    expect(await problemOf(driver.exec("../alice", ["id"]))).toMatch(/^usage: /);
  });

  it("a configuration that is unchecked", async () => {
    const unchecked = { ...config } as never;
    expect(await problemOf(recordingDriver().up(unchecked, { name: "web" }))).toMatch(
      /^definition: the configuration is unchecked/,
    );
  });
});

it("a template's own packages are in the system, and its host paths in none of its text", async () => {
  const withPackages = defineConfig({
    templates: {
      default: {
        agents: { ollama: { package: "ollama" } },
        extraPackages: [pkgs("git")],
        bindMounts: { "/home/agent/a/b": { hostPath: "/srv/b" } },
      },
    },
  });
  const driver = recordingDriver();
  await driver.up(withPackages, { name: "web" });
  const action = actionOf(driver.steps, "module");
  const text = action?.kind === "write" ? action.text : "";
  expect(text).toContain("pkgs.git");
  expect(text).toContain("install -d -o agent -g agent /home/agent/a");
  expect(text).not.toContain("/srv/b");
});
