import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { needsLab, useLab } from "../support/lab.ts";
import { bridgeListens, FORAGE } from "../support/lab-host.ts";

const README = fileURLToPath(new URL("../../README.md", import.meta.url));

function sectionBelow(heading: string): string {
  const [, section = ""] = readFileSync(README, "utf8").split(`\n## ${heading}\n`);
  return section.split("\n## ")[0] ?? "";
}

/** The README's sessions below a heading: command lines, each with what it prints. */
function sessionsBelow(heading: string): { readonly command: string; readonly output: string }[] {
  return [...sectionBelow(heading).matchAll(/^```text\n([\s\S]*?)^```$/gm)].flatMap(
    ([, text = ""]) =>
      text
        .split(/^\$ /m)
        .slice(1)
        .map((part) => {
          const [command = "", ...output] = part.split("\n");
          return { command, output: output.join("\n") };
        }),
  );
}

/** Without what differs from day to day and from place to place. */
function settled(text: string): string {
  return text
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, "2026-11-24T15:00:00Z")
    .replaceAll("/opt/forage/nix/", "…/forage-nix/nix/")
    .replaceAll(/\d+ (bytes|processes|store paths|MB)/g, "N $1");
}

needsLab("the README's sandbox", () => {
  const lab = useLab();

  it("is as it says", async () => {
    await lab().bash(
      "install -d -o 1000 -g 1000 /srv/dev; install -d /run/secrets; cp /run/keys/anthropic /run/secrets/anthropic-api-key; cp /run/keys/openai /run/secrets/openai-api-key",
    );
    const env = {
      NIX_PATH: "nixpkgs=/opt/forage/test/support/lab/nixpkgs",
      FORAGE_NIXOS_CONTAINER: "",
      PATH: "/opt/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    };
    await lab().bash("mkdir -p /opt/bin; ln -s /opt/lab/nixos-container /opt/bin/");
    const sessions = sessionsBelow("Run sandboxes");
    expect(sessions).toHaveLength(6);
    for (const { command, output } of sessions) {
      const script = `forage() { ${FORAGE} "$@"; }; ${command}`;
      const { out, err } = await lab().bash(`(${script}) 2>&1 || true`, {
        directory: "/opt/forage/examples/two-agents",
        env,
      });
      expect(settled(`${out}${err}`), command).toBe(settled(output));
    }
    expect((await lab().forage(["ps", "--json"])).out).toBe("[]\n");
  });

  it("needs the five commands that it says, and no other, to use the bridge", async () => {
    const section = sectionBelow("No secret in the container: the bridge");
    const blockOf = (language: string) =>
      new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "m").exec(section)?.[1] ?? "";
    const commands = blockOf("sh").trimEnd().split("\n");
    expect(commands).toHaveLength(5);
    const directory = "/srv/bridged";
    await lab().bash(
      `mkdir -p ${directory} /run/secrets; install -d -o 1000 -g 1000 /srv/alice; cat >${directory}/forage.config.ts; cp /run/keys/anthropic /run/secrets/anthropic-api-key; cp /run/keys/openai /run/secrets/github-token`,
      { input: blockOf("ts") },
    );
    const env = { NIX_PATH: "nixpkgs=/opt/forage/test/support/lab/nixpkgs" };
    const [check = "", run = "", up = "", agent = "", sum = ""] = commands;
    const use = (script: string, input = "") =>
      lab().bash(`forage() { ${FORAGE} "$@"; }; ${script}`, { directory, env, input });

    const checked = await use(check);
    expect(checked.out).toContain("ready    credential anthropic: /run/secrets/anthropic-api-key");
    expect(checked.out).toContain("api.anthropic.com");
    const bridge = lab().start(["bash", "-c", `forage() { ${FORAGE} "$@"; }; ${run}\nwait`], {
      directory,
      env,
    });
    await bridgeListens(lab());
    for (const command of [up, agent])
      expect([command, (await use(command)).status]).toEqual([command, 0]);
    // The lab reaches no provider, and the agent is told so in the provider's words.
    const body = '{"model":"claude-x","max_tokens":1}';
    const asked = await use(
      "forage exec alice bash -c 'exec 3<>/dev/tcp/127.0.0.1/7878; cat >&3; cat <&3'",
      `POST /anthropic/v1/messages HTTP/1.1\r\nhost: h\r\nconnection: close\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    expect(asked.out).toContain('{"type":"error","error":{"type":"api_error"');
    expect((await use(sum)).out).toMatch(/^alice .*1/m);
    expect((await use("forage down alice")).status).toBe(0);
    expect(await lab().leftovers("alice")).toBe("");
    await lab().bash("pkill -TERM -f 'main.js bridge run'");
    await bridge.ended;
  });
});
