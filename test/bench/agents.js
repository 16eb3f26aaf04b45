import { attrs, fn, indented, pkgs } from "forage-nix/nix";
import nijs from "nijs";

const PROGRAMS = [
  { package: "claude-code", program: "claude", variable: "ANTHROPIC_API_KEY" },
  { package: "aider-chat", program: "aider", variable: "OPENAI_API_KEY" },
  { package: "gemini-cli", program: "gemini", variable: "GEMINI_API_KEY" },
];

/** Agents as plain data, each about 820 bytes of Nix: settings, words with quotes in them, and a script of some lines. */
export function agentsAsData(count) {
  const agents = {};
  for (let index = 0; index < count; index++) {
    const { package: from, program, variable } = PROGRAMS[index % PROGRAMS.length];
    const name = `${program}-${index}`;
    agents[name] = {
      package: from,
      mainProgram: program,
      description: `${program} for team ${index % 97}, "${name}" for short`,
      secrets: [{ variable, secretName: `${program}-team-${index % 97}` }],
      args: ["--model", `model-${index % 7}`, "--note", `it's number ${index}`],
      env: { FORAGE_AGENT: name, NO_UPDATE: "1", PROXY_URL: `http://127.0.0.1:${3000 + index}/v1` },
      limits: { requests: 10 + (index % 90), burst: index % 3 === 0, share: (index % 8) / 8 },
      script: [
        `file=/run/secrets/${program}-team-${index % 97}`,
        'if [[ ! -r "$file" ]]; then',
        `  echo "${name}: $file cannot be read: starting without it" >&2`,
        'elif value=$(<"$file"); then',
        `  export ${variable}="$value"`,
        "fi",
        `exec ${program} --model model-${index % 7} "$@"`,
        "",
      ].join("\n"),
    };
  }
  return agents;
}

/** The same agents as a tree: `{ pkgs, ... }: { claude-0 = { package = pkgs.claude-code; … }; … }`. */
export function agentsAsTree(agents) {
  return fn(["pkgs", "..."], attrs(mapAgents(agents, pkgs, (script) => indented(script))));
}

/** The same agents as nijs takes them, which writes no text over several lines by itself. */
export function agentsForNijs(agents) {
  return new nijs.NixFunction({
    argSpec: { pkgs: undefined },
    body: mapAgents(
      agents,
      (name) =>
        new nijs.NixAttrReference({
          attrSetExpr: new nijs.NixExpression("pkgs"),
          refExpr: new nijs.NixExpression(name),
        }),
      (script) => script,
    ),
  });
}

function mapAgents(agents, toPackage, toScript) {
  return Object.fromEntries(
    Object.entries(agents).map(([name, agent]) => [
      name,
      { ...agent, package: toPackage(agent.package), script: toScript(agent.script) },
    ]),
  );
}
