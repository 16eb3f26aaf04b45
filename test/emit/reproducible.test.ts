import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { expect, it } from "vitest";

const fromHere = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const ROOT = fromHere("../..");

const SCRIPT = `
  const past = process.env.PRETEND_DAY;
  if (past) {
    const Real = Date;
    globalThis.Date = class extends Real {
      constructor(...args) { super(...(args.length > 0 ? args : [past])); }
      static now() { return new Real(past).getTime(); }
    };
    Math.random = () => 0.5;
  }
  const { createJiti } = await import(${JSON.stringify(import.meta.resolve("jiti"))});
  const jiti = createJiti(${JSON.stringify(import.meta.url)}, { fsCache: false });
  const { renderOutputs, defineConfig } = await jiti.import("../../lib/index.ts");
  const { team } = await jiti.import("../support/team.ts");
  const outputs = { "packages.nix": "packages", "nix/host.nix": "nixos-module", "flake.nix": "flake", "parts.nix": "flake-module" };
  const { files } = renderOutputs(defineConfig({ ...team, outputs }));
  process.stdout.write(JSON.stringify([...files]));
`;

async function render(cwd: string, env: Readonly<Record<string, string>>): Promise<string> {
  const { stdout } = await execa(process.execPath, ["--input-type=module", "--eval", SCRIPT], {
    cwd,
    env: { PATH: process.env["PATH"] ?? "", ...env },
    extendEnv: false,
  });
  return stdout;
}

it("the same definition gives the same bytes on another day, locale, time zone, home and directory", async () => {
  const usual = await render(ROOT, { LANG: "C", TZ: "UTC", HOME: "/root" });
  expect(JSON.parse(usual)).toHaveLength(4);
  const elsewhere = [
    render("/", { LC_ALL: "tr_TR.UTF-8", TZ: "Pacific/Kiritimati", HOME: "/nowhere", USER: "x" }),
    render("/tmp", {
      LANG: "de_DE.UTF-8",
      TZ: "America/St_Johns",
      PRETEND_DAY: "1999-12-31T23:59:59Z",
    }),
    render(ROOT, { LANG: "ar_EG.UTF-8", PRETEND_DAY: "2040-02-29T00:00:00Z" }),
  ];
  for (const text of await Promise.all(elsewhere)) expect(text).toBe(usual);
});
