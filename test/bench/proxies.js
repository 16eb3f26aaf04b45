import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { access, mkdir, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** The paths that ask for a document, for events, and for an event and nothing after it. */
export const PATHS = { document: "/v1/messages", events: "/v1/events", idle: "/v1/idle" };
const PROVIDER = fileURLToPath(new URL("provider.js", import.meta.url));

/** Another proxy to measure: a program that is given a directory and a provider, and listens at proxy.sock in there. */
const { BENCH_PROXY } = process.env;

/** What shows a key to a provider, each in a process of its own, and reached by a Unix socket. */
export const PROXIES = {
  nginx: { start: startNginx, does: "key, limit, log" },
  "forage-nix": {
    start: startNode("proxy-forage.js"),
    prefix: "/anthropic",
    does: "key, limits, audit log",
  },
  "http-proxy": { start: startNode("proxy-http-proxy.js"), does: "key" },
  "node:http, undici": { start: startNode("proxy-undici.js"), does: "key" },
  ...(BENCH_PROXY && {
    [basename(BENCH_PROXY)]: { start: startProgram(BENCH_PROXY), does: "what it does" },
  }),
};

/**
 * Starts a proxy.
 *
 * @returns its process, its sockets, and what its paths begin with; undefined when it is not installed
 */
export async function startProxy(name, directory, provider, ...more) {
  const { start, prefix = "" } = PROXIES[name];
  const own = `${directory}/${name.replaceAll(/\W+/g, "-")}${more.join("-")}-${count++}`;
  await mkdir(own);
  const started = await start(own, provider, ...more);
  return started && { ...started, prefix };
}
let count = 0;

export async function startProvider() {
  const { child, said } = await run(PROVIDER, []);
  return { child, url: said };
}

export async function stop({ child }) {
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

function startNode(file) {
  return async (...options) => {
    const { child, said } = await run(fileURLToPath(new URL(file, import.meta.url)), options);
    return { child, sockets: said };
  };
}

async function run(file, options) {
  const child = fork(file, options.map(String), { execArgv: [] });
  const [said] = await Promise.race([
    once(child, "message"),
    once(child, "exit").then(() => Promise.reject(new Error(`${file} ended at once`))),
  ]);
  return { child, said };
}

function startProgram(program) {
  return (directory, provider) =>
    startListening(program, [directory, provider], `${directory}/proxy.sock`);
}

async function startNginx(directory, provider) {
  const socket = `${directory}/proxy.sock`;
  const conf = `${directory}/nginx.conf`;
  await writeFile(conf, nginxConf(directory, socket, provider));
  return startListening("nginx", ["-p", directory, "-e", "stderr", "-c", conf], socket);
}

/** Starts a program, and waits for its socket; undefined when it is not installed. */
async function startListening(program, args, socket) {
  const child = spawn(program, args, { stdio: ["ignore", "inherit", "inherit"] });
  try {
    await once(child, "spawn");
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
  for (let turn = 0; turn < 100; turn++) {
    const isThere = await access(socket).then(
      () => true,
      () => false,
    );
    if (isThere) return { child, sockets: [socket] };
    await wait(20);
  }
  throw new Error(`${program} does not listen`);
}

function nginxConf(directory, socket, provider) {
  return `
worker_processes 1;
daemon off;
master_process off;
pid ${directory}/nginx.pid;
error_log stderr error;
events { worker_connections 4096; }
http {
  log_format json escape=json '{"time":"$time_iso8601","method":"$request_method","path":"$uri","status":$status,"bytesIn":$request_length,"bytesOut":$body_bytes_sent,"duration":$request_time,"firstByte":"$upstream_header_time"}';
  limit_req_zone $server_name zone=all:1m rate=1000000r/m;
  client_body_temp_path ${directory};
  proxy_temp_path ${directory};
  fastcgi_temp_path ${directory};
  uwsgi_temp_path ${directory};
  scgi_temp_path ${directory};
  upstream provider { server ${new URL(provider).host}; keepalive 64; }
  server {
    listen unix:${socket};
    access_log ${directory}/access.log json;
    client_body_buffer_size 64k;
    keepalive_requests 10000000;
    keepalive_timeout 600s;
    location / {
      limit_req zone=all burst=100000 nodelay;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header x-api-key sk-not-a-real-key;
      proxy_buffering off;
      proxy_pass http://provider;
    }
  }
}
`;
}
