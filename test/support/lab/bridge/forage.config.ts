import { readFileSync } from "node:fs";
import { defineConfig } from "forage-nix";
import { apply, indented, ref } from "forage-nix/nix";

const script = readFileSync(new URL("claude.sh", import.meta.url), "utf8");
const agent = apply(ref("pkgs", "writeShellScriptBin"), "claude", indented(script));

export default defineConfig({
  secrets: { anthropic: "/run/keys/anthropic" },
  nixpkgs: "/opt/forage/test/support/lab/nixpkgs",
  bridge: {
    credentials: {
      anthropic: {
        provider: {
          upstream: "http://127.0.0.1:9400",
          header: "x-api-key",
          format: "anthropic",
          allowHttp: true,
          allowPrivateAddress: true,
        },
      },
    },
  },
  templates: {
    default: {
      auth: "bridge",
      agents: {
        claude: {
          package: agent,
          mainProgram: "claude",
          secretName: "anthropic",
          authEnvVar: "ANTHROPIC_API_KEY",
        },
      },
    },
  },
  sandboxes: { walled: { template: "default", workspace: "/srv/work" } },
});
