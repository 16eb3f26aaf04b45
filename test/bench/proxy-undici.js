// A proxy as one writes it by hand: node:http, `pool.request` and a pipe, and nothing but a key; see proxies.js.
import { createServer } from "node:http";
import { Pool } from "undici";

const [, , directory, provider] = process.argv;
const pool = new Pool(provider, { connections: 1024, pipelining: 1 });
const socket = `${directory}/proxy.sock`;
const server = createServer(async (request, response) => {
  const { host, connection, ...headers } = request.headers;
  try {
    const answer = await pool.request({
      method: request.method,
      path: request.url,
      headers: { ...headers, "x-api-key": "sk-not-a-real-key" },
      body: request,
    });
    response.writeHead(answer.statusCode, answer.headers);
    answer.body.on("error", () => response.destroy()).pipe(response);
  } catch {
    response.destroy();
  }
});
// It waits for its turn longer than the five seconds that Node allows.
server.keepAliveTimeout = 600_000;
server.listen(socket, () => process.send([socket]));
// Not to outlive a bench that is interrupted.
process.once("disconnect", () => process.exit());
