// Values as conformance/PROTOCOL.md spells them, and as programs have them. Runs in Node and in browsers.

/** Conversions between the two, with the wrapper classes of the package under test. */
export function spelling({ Int, Float, Tuple }) {
  const hosts = {
    i: (digits) => new Int(BigInt(digits)),
    f: (bits) => Float.fromBits(BigInt(`0x${bits}`)),
    s: (text) => text,
    b: bytesOfHex,
    l: (items) => items.map(host),
    m: (pairs) => new Map(pairs.map(([key, value]) => [host(key), host(value)])),
    set: (items) => new Set(items.map(host)),
    tuple: (items) => new Tuple(items.map(host)),
  };

  /** The value of a spelling. */
  function host(tagged) {
    if (tagged === null || typeof tagged === "boolean") return tagged;
    const [[tag, content]] = Object.entries(tagged);
    return hosts[tag](content);
  }

  /** The spelling of a value. */
  function tagged(value) {
    if (value === null || typeof value === "boolean") return value;
    if (typeof value === "string") return { s: value };
    if (value instanceof Int) return { i: String(value.value) };
    if (value instanceof Float) return { f: value.bits.toString(16).padStart(16, "0") };
    if (value instanceof Uint8Array) return { b: hexOf(value) };
    return container(value);
  }

  function container(value) {
    if (Array.isArray(value)) return { l: value.map(tagged) };
    if (value instanceof Map) return { m: Array.from(value, ([key, item]) => [tagged(key), tagged(item)]) };
    if (value instanceof Set) return { set: Array.from(value, tagged) };
    if (value instanceof Tuple) return { tuple: value.items.map(tagged) };
    throw new TypeError(`no spelling for ${typeof value}`);
  }

  return { host, tagged };
}

function bytesOfHex(hex) {
  const bytes = new Uint8Array(hex.length / 2);
  for (let at = 0; at < bytes.length; at++) bytes[at] = Number.parseInt(hex.slice(at * 2, at * 2 + 2), 16);
  return bytes;
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

function hexOf(bytes) {
  let hex = "";
  for (const byte of bytes) hex += HEX[byte];
  return hex;
}
