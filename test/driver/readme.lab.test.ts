import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { needsLab, useLab } from "../support/lab.ts";
import { FORAGE } from "../support/lab-host.ts";

const README = fileURLToPath(new URL("../../README.md", import.meta.url));
/** The README's sessions below a heading: command lines, each with what it prints. */
function sessionsBelow(heading: string): { readonly command: string; readonly output: string }[] {
  const [, section = ""] = readFileSync(README, "utf8").split(`\n## ${heading}\n`);
  const [own = ""] = section.split("\n## ");
  return [...own.matchAll(/^```text\n([\s\S]*?)^```$/gm)].flatMap(([, text = ""]) =>
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
});
