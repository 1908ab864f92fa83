export * from "./index.js";
export { init, initSync } from "./node-host.js";
