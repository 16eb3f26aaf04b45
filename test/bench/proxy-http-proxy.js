// http-proxy, which shows a key and does nothing else; see proxies.js.
import { Agent, createServer } from "node:http";
import httpProxy from "http-proxy";

const [, , directory, provider] = process.argv;
const proxy = httpProxy.createProxyServer({
  target: provider,
  agent: new Agent({ keepAlive: true }),
  headers: { "x-api-key": "sk-not-a-real-key" },
});
proxy.on("error", (error, _, response) => {
  console.error(error.message);
  response.destroy();
});
const socket = `${directory}/proxy.sock`;
const server = createServer((request, response) => proxy.web(request, response));
// It waits for its turn longer than the five seconds that Node allows.
server.keepAliveTimeout = 600_000;
server.listen(socket, () => process.send([socket]));
// Not to outlive a bench that is interrupted.
process.once("disconnect", () => process.exit());
