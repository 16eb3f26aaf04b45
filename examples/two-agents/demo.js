// `npm run demo`: from forage.config.ts to wrappers that nix-build builds and that run, with throw-away secrets.
import { randomBytes } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { defineTemplate, renderWrappers } from "forage-nix";
import { createJiti } from "jiti";
import { buildWrappers, findNix } from "./demo/nix.js";
import { say, sayCheck, sayTitle, sayWrapper, shorten } from "./demo/say.js";
import { startFromShell } from "./demo/shell.js";
import { withTemporaryDirectory } from "./demo/temporary.js";

/** Arguments that careless scripts change, and how bash quotes them. */
const ARGUMENTS = {
  "two words": "'two words'",
  "": "''",
  "it's": "'it'\\''s'",
  "*": "'*'",
  $HOME: "'$HOME'",
  "line\nbreak": "$'line\\nbreak'",
};
const QUOTED = Object.values(ARGUMENTS);

// No cache, which would stay behind.
const jiti = createJiti(import.meta.url, { fsCache: false });
const config = await jiti.import("./forage.config.ts", { default: true });

await withTemporaryDirectory(async (directory, cancelSignal) => {
  const template = config.templates.default;
  sayTitle("forage.config.ts as Nix,", "one of two wrappers");
  sayWrapper(renderWrappers(template), "claude");

  const nix = await findNix(directory, cancelSignal);
  if (nix === undefined) {
    process.exitCode = 1;
    say("\nNix is missing, so nothing is built. On Debian or Ubuntu: apt-get install nix-bin");
    say("On other systems: https://nixos.org/download");
    return;
  }

  // In a sandbox the secrets are in /run/secrets; these are in nobody's way.
  const secretsMountPoint = join(directory, "secrets");
  await mkdir(secretsMountPoint, { mode: 0o700 });
  const moved = defineTemplate({ ...template, secretsMountPoint });
  const programs = await buildWrappers(nix, renderWrappers(moved));
  sayTitle("\nnix-build", `with ${nix.packages}`);
  for (const program of Object.values(programs)) say(`  ${shorten(program, directory)}`);

  const agents = Object.entries(moved.agents).map(
    ([
      name,
      {
        secrets: [{ variable, secretName }],
      },
    ]) => {
      const file = join(secretsMountPoint, secretName);
      const start = (...args) => startFromShell(programs[name], args, variable, cancelSignal);
      return { name, variable, file, start };
    },
  );
  for (const agent of agents) await showSecret(agent);
  await showMissingSecret(agents[0], directory);
});

async function showSecret({ name, variable, file, start }) {
  const key = `sk-demo-${randomBytes(9).toString("hex")}`;
  await writeFile(file, `${key}\n`, { mode: 0o600 });
  const { agent, args, shell } = await start(...Object.keys(ARGUMENTS));
  await rm(file);

  sayTitle(`\n$ ${name}`, QUOTED.join(" "));
  const mask = `sk-…(${key.length} characters)`;
  sayCheck(agent.includes(`${variable}='${key}'`), `the agent sees ${variable}: ${mask}`);
  sayCheck(args.join() === QUOTED.join(), `the agent sees its ${args.length} arguments unchanged`);
  const isClean = !shell.some((line) => line.startsWith(`${variable}=`) || line.includes(key));
  sayCheck(isClean && shell.length > 0, `the shell that started it has no ${variable}`);
}

async function showMissingSecret({ name, variable, file, start }, directory) {
  const { agent, complaint } = await start();
  sayTitle(`\n$ ${name}`, "# and no secret file");
  say(`  ${shorten(complaint, directory)}`);
  sayCheck(
    agent.includes(`${variable} is not set`) &&
      complaint === `${name}: ${file} is missing (outside a sandbox?): starting without it`,
    "the agent starts without it, after this one line",
  );
}
