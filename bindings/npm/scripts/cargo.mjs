// Runs cargo for the engines.
import { execFileSync } from "node:child_process";
import { join } from "node:path";

/** The root of the project. */
export const workspace = join(import.meta.dirname, "..", "..", "..");

/** Where cargo puts what it builds. */
export const target = process.env.CARGO_TARGET_DIR ?? join(workspace, "target");

export function cargo(...args) {
  execFileSync("cargo", args, { cwd: workspace, stdio: "inherit" });
}
