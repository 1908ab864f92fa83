// A relay for any number of tabs: node relay.mjs [port]
//
// It knows nothing of what it passes on. It keeps one frame of each kind, the merge of all that came, for those who come later.
import { createServer } from "node:http";
import { WebSocketServer } from "ws";
import { frames, inspect } from "crdt-merge-sdk";
import { page } from "./pages.mjs";

const held = new Map();

/** Takes a frame in; one that is none, or merges with nothing, is refused with its code. */
function take(frame) {
  const { kind } = inspect(frame);
  held.set(kind, frames.merge(held.has(kind) ? [held.get(kind), frame] : [frame]));
}

const server = createServer((request, response) => page(request, response));
const sockets = new WebSocketServer({ server, maxPayload: 1 << 20 });
sockets.on("connection", (socket) => {
  for (const frame of held.values()) socket.send(frame);
  socket.on("message", (frame) => {
    try {
      take(frame);
    } catch (error) {
      socket.close(1008, error.code);
      return;
    }
    for (const other of sockets.clients) if (other !== socket) other.send(frame);
  });
});
server.listen(Number(process.argv[2] ?? 8080), "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}/`);
});
