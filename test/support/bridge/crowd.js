// Opens many connections in a process of its own, and sends a little on each now and then:
//   node crowd.js COUNT SOCKET…
import { connect } from "node:net";

const [, , count, ...paths] = process.argv;
const START = "POST /any/api/x HTTP/1.1\r\nhost: h\r\ncontent-length: 9\r\n\r\nab";
const AT_ONCE = 250;
const TURNS = 10;
const sockets = [];

function opened(path) {
  return new Promise((resolve, reject) => {
    const socket = connect(path, () => resolve(socket));
    socket.once("error", reject);
  });
}

while (sockets.length < Number(count)) {
  const some = Array.from({ length: AT_ONCE }, (_, at) => opened(paths[at % paths.length]));
  sockets.push(...(await Promise.all(some)));
}
for (const [at, socket] of sockets.entries()) {
  socket.on("error", () => undefined);
  socket.write(START.slice(0, 20 + (at % 50)));
}
process.send(sockets.filter(({ destroyed }) => !destroyed).length);
let turn = 0;
setInterval(() => {
  // Not all at once: what is measured is patience, and not this machine's speed.
  for (let at = turn++ % TURNS; at < sockets.length; at += TURNS) sockets[at].write("a");
}, 500);
process.once("disconnect", () => process.exit());
