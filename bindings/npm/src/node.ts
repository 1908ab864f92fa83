import { setDefault } from "./engine.js";
import { load } from "./node-host.js";

export * from "./index.js";
export { init, initSync } from "./node-host.js";

// In Node nothing has to be waited for, so that programs need not call init.
setDefault(load);
