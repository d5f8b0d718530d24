// The commands of the program, beside the demo that runs.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const binary = fileURLToPath(new URL("../../bin/samenclaim", import.meta.url));

/** Runs a command and returns what it said; fails when it ends with another code than 0. */
export async function samenclaim(...args) {
  const { stdout } = await promisify(execFile)(binary, args, { timeout: 120_000 });
  return stdout;
}
