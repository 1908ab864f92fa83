// A list and a counter that any number of tabs edit, each on its own copy.
import { init, ORSet, PNCounter, Replica } from "crdt-merge-sdk";

await init();
// A node id belongs to one tab, so it is a random one.
const here = new Replica();
const items = new ORSet(here);
const likes = new PNCounter(here);
const states = { or_set: items, pn_counter: likes };

const $ = (id) => document.getElementById(id);
let socket;

function connect() {
  const fresh = new WebSocket(`ws://${location.host}/`);
  fresh.binaryType = "arraybuffer";
  fresh.onopen = () => {
    // Whatever was written offline; what the others have already does no harm.
    Object.values(states).forEach((state) => fresh.send(state.encode()));
    show();
  };
  fresh.onmessage = ({ data }) => receive(new Uint8Array(data));
  fresh.onclose = show;
  socket = fresh;
}

/** Merges a frame into the state of its kind; both kinds are told apart by trying. */
function receive(frame) {
  for (const state of Object.values(states)) {
    try {
      state.mergeFrom(frame);
      show();
      return;
    } catch (error) {
      if (error.code !== "TYPE_MISMATCH") throw error;
    }
  }
}

function changed(state) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(state.encode());
  show();
}

function line(item) {
  const remove = Object.assign(document.createElement("button"), { textContent: "✓", title: `${item} is done` });
  remove.onclick = () => {
    items.delete(item);
    changed(items);
  };
  const li = document.createElement("li");
  li.append(item, remove);
  return li;
}

function show() {
  $("items").replaceChildren(...[...items].map(line));
  $("likes").textContent = likes.value;
  $("id").textContent = items.stateId.slice(0, 12);
  $("node").textContent = here.node.slice(0, 8);
  $("status").textContent = socket?.readyState === WebSocket.OPEN ? "online" : "offline";
}

$("add").onsubmit = (event) => {
  event.preventDefault();
  if ($("item").value.trim() === "") return;
  items.add($("item").value.trim());
  $("item").value = "";
  changed(items);
};
$("like").onclick = () => {
  likes.increment();
  changed(likes);
};
$("online").onchange = ({ target }) => (target.checked ? connect() : socket.close());
connect();
show();
