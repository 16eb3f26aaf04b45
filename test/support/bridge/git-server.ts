import { spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { execa } from "execa";
import type { Identity } from "./certificates.ts";
import { startPlainUpstream, type Upstream } from "./upstream.ts";

const BACKEND = "/usr/lib/git-core/git-http-backend";

/** Git's own server behind https, for whoever shows the right name and key. */
export async function startGitServer(
  identity: Identity,
  root: string,
  authorization: string,
): Promise<Omit<Upstream, "received">> {
  await mkdir(root, { recursive: true });
  return startPlainUpstream((request, response) => {
    if (request.headers.authorization === authorization) runBackend(root, request, response);
    else response.writeHead(401, { "www-authenticate": "Basic" }).end();
  }, identity);
}

/** An empty repository that may be pushed to. */
export async function makeRepository(root: string, path: string): Promise<void> {
  await execa("git", ["init", "--quiet", "--bare", "--initial-branch=main", `${root}/${path}`]);
  await execa("git", ["-C", `${root}/${path}`, "config", "http.receivepack", "true"]);
}

/** By CGI (RFC 3875). */
function runBackend(root: string, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? "", "http://git");
  const { headers } = request;
  const backend = spawn(BACKEND, {
    env: {
      PATH: process.env["PATH"],
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: "1",
      REMOTE_USER: "bridge",
      REQUEST_METHOD: request.method,
      PATH_INFO: url.pathname,
      QUERY_STRING: url.search.slice(1),
      CONTENT_TYPE: headers["content-type"] ?? "",
      ...(headers["content-length"] && { CONTENT_LENGTH: headers["content-length"] }),
      ...(headers["content-encoding"] && { HTTP_CONTENT_ENCODING: headers["content-encoding"] }),
      ...(headers["git-protocol"] && { GIT_PROTOCOL: String(headers["git-protocol"]) }),
    },
    stdio: ["pipe", "pipe", "inherit"],
  });
  backend.stdin.on("error", () => undefined);
  request.pipe(backend.stdin);
  let head = Buffer.alloc(0);
  backend.stdout.on("data", (chunk: Buffer) => {
    if (response.headersSent) {
      response.write(chunk);
      return;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf("\r\n\r\n");
    if (end === -1) return;
    for (const line of head.toString("latin1", 0, end).split("\r\n")) {
      const [name = "", value = ""] = line.split(/: */, 2);
      if (name.toLowerCase() === "status") response.statusCode = Number.parseInt(value, 10);
      else response.setHeader(name, value);
    }
    response.write(head.subarray(end + 4));
  });
  backend.stdout.on("end", () => response.end());
}
