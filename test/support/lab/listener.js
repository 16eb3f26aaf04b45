// In the place of a bridge: says over each socket that systemd passed what it is called, and what the secrets are.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

function secret(name) {
  for (const directory of ["/run/forage-bridge-secrets", process.env.CREDENTIALS_DIRECTORY])
    try {
      return readFileSync(`${directory}/${name}`, "utf8").trim();
    } catch {
      // It may be in the other one.
    }
  return undefined;
}

const names = process.env.LISTEN_FDNAMES.split(":");
for (const [at, socket] of names.entries())
  createServer((_, response) => {
    const secrets = Object.fromEntries(process.argv.slice(2).map((name) => [name, secret(name)]));
    response.end(JSON.stringify({ socket, uid: process.getuid(), secrets }));
  }).listen({ fd: 3 + at });
execFileSync("systemd-notify", ["--ready"]);
