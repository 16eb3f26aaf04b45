import { defineTemplate, renderWrappers } from "forage-nix";
import { printNix } from "forage-nix/nix";
import nijs from "nijs";
import { agentsAsData, agentsAsTree, agentsForNijs } from "./agents.js";

export const AGENTS = 10_000;
export const FLOOR = "JSON.stringify";

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
};

function definition() {
  const agents = Object.entries(agentsAsData(AGENTS)).map(
    ([name, { package: from, mainProgram, args, env, secrets }]) => [
      name,
      { package: from, mainProgram, args, env, secrets },
    ],
  );
  return { agents: Object.fromEntries(agents) };
}
