// Shows the header, the id and the contents of a frame that is dropped on the page.
import { CrdtError, frames, init, inspect } from "crdt-merge-sdk";

await init();
const drop = document.getElementById("drop");
const found = document.getElementById("found");

const element = (name, text, ...children) => {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  made.append(...children);
  return made;
};

/** What JSON has no word for: maps, sets, bytes, wide integers. */
function plain(_, value) {
  if (value instanceof Map) return { map: [...value] };
  if (value instanceof Set) return { set: [...value] };
  if (value instanceof Uint8Array) return { bytes: [...value].map((byte) => byte.toString(16).padStart(2, "0")).join("") };
  if (typeof value === "bigint") return { integer: value.toString() };
  return value;
}

function header(frame) {
  const rows = Object.entries({ ...inspect(frame), stateId: id(frame) });
  return element("table", undefined, ...rows.map(([name, value]) => element("tr", undefined, element("th", name), element("td", String(value)))));
}

/** A value has no id, and a frame of the future none that we know. */
function id(frame) {
  try {
    return frames.stateId(frame);
  } catch (error) {
    return error.code;
  }
}

function show(frame) {
  try {
    const contents = JSON.stringify(frames.read(frame).payload, plain, 2);
    found.replaceChildren(element("h2", "Header"), header(frame), element("h2", "Contents"), element("pre", contents));
  } catch (error) {
    if (!(error instanceof CrdtError)) throw error;
    const details = element("pre", JSON.stringify(error.detail, undefined, 2));
    found.replaceChildren(Object.assign(element("h2", error.code), { className: "error" }), element("p", error.message), details);
  }
}

const read = async (file) => show(new Uint8Array(await file.arrayBuffer()));
drop.ondragover = (event) => {
  event.preventDefault();
  drop.classList.add("over");
};
drop.ondragleave = () => drop.classList.remove("over");
drop.ondrop = (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  if (event.dataTransfer.files.length > 0) read(event.dataTransfer.files[0]);
};
document.getElementById("file").onchange = ({ target }) => read(target.files[0]);
