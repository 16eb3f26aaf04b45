import { defineConfig, defineTemplate, renderOutputs, renderWrappers } from "forage-nix";
import { printNix } from "forage-nix/nix";
import nijs from "nijs";
import { agentsAsData, agentsAsTree, agentsForNijs } from "./agents.js";

const AGENTS = 10_000;
const SANDBOXES = 1000;
const TEMPLATES = 20;
export const FLOOR = "JSON.stringify";

/** How much is written, by what. */
export const AMOUNTS = {
  "Tree to text": `${AGENTS.toLocaleString("en-US")} agents`,
  "Definition to text": `${AGENTS.toLocaleString("en-US")} agents`,
  "Definition to files": `${SANDBOXES.toLocaleString("en-US")} sandboxes of ${TEMPLATES} templates, a NixOS module and a flake`,
};

/**
 * Who writes agents down, by what is written. Each is first given its input, in the form that it takes, and then writes it
 * as often as it is called.
 */
export const WRITERS = {
  "Tree to text": {
    [FLOOR]: () => {
      const data = agentsAsData(AGENTS);
      return () => JSON.stringify(data);
    },
    printNix: () => {
      const tree = agentsAsTree(agentsAsData(AGENTS));
      return () => printNix(tree);
    },
    "the tree, and printNix": () => {
      const data = agentsAsData(AGENTS);
      return () => printNix(agentsAsTree(data));
    },
    "nijs (escapes no ${)": () => {
      const tree = agentsForNijs(agentsAsData(AGENTS));
      return () => nijs.jsToNix(tree, true);
    },
  },
  "Definition to text": {
    [FLOOR]: () => {
      const input = definition();
      return () => JSON.stringify(input);
    },
    renderWrappers: () => {
      const template = defineTemplate(definition());
      return () => renderWrappers(template);
    },
    "defineTemplate, and renderWrappers": () => {
      const input = definition();
      return () => renderWrappers(defineTemplate(input));
    },
  },
  "Definition to files": {
    [FLOOR]: () => {
      const { templates, sandboxes: all } = sandboxes();
      // Each sandbox with all that its template says, once for each of two files.
      const written = Object.values(all).map((box) => ({
        ...box,
        template: templates[box.template],
      }));
      return () => JSON.stringify([written, written]);
    },
    renderOutputs: () => {
      const config = defineConfig(sandboxes());
      return () => textOf(renderOutputs(config));
    },
    "defineConfig, and renderOutputs": () => {
      const input = sandboxes();
      return () => textOf(renderOutputs(defineConfig(input)));
    },
  },
};

function textOf({ files }) {
  return [...files.values()].join("");
}

/** Sandboxes of teams that each have a template of their own. */
function sandboxes() {
  const { agents } = definition(TEMPLATES * 3);
  const names = Object.keys(agents);
  const templates = Object.fromEntries(
    Array.from({ length: TEMPLATES }, (_, team) => [
      `team-${team}`,
      {
        agents: Object.fromEntries(
          names.slice(3 * team, 3 * team + 3).map((name) => [name, agents[name]]),
        ),
        extraPackages: ["git", "ripgrep"],
      },
    ]),
  );
  const secretNames = names.flatMap((name) =>
    agents[name].secrets.map(({ secretName }) => secretName),
  );
  return {
    secrets: Object.fromEntries(secretNames.map((name) => [name, `/run/secrets/${name}`])),
    templates,
    sandboxes: Object.fromEntries(
      Array.from({ length: SANDBOXES }, (_, index) => [
        `box-${index}`,
        { template: `team-${index % TEMPLATES}`, workspace: `/srv/agents/${index}` },
      ]),
    ),
    outputs: { "sandboxes.nix": "nixos-module", "flake.nix": "flake" },
  };
}

function definition(count = AGENTS) {
  const agents = Object.entries(agentsAsData(count)).map(
    ([name, { package: from, mainProgram, args, env, secrets }]) => [
      name,
      { package: from, mainProgram, args, env, secrets },
    ],
  );
  return { agents: Object.fromEntries(agents) };
}
