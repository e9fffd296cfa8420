import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { memoryWorld } from "@sluice/core/testing/memory-world";
import { runCommand } from "../run-command";

/** An agent of its own, for a test that kills it: `agent.ts FOLDER LINE`. */
const [dir = "", line = ""] = process.argv.slice(2);
writeFileSync(join(dir, "agent-pid"), String(process.pid));
const stop = new AbortController();
process.on("SIGTERM", () => stop.abort());
const { blobs } = memoryWorld();
process.exitCode = await runCommand(
  { id: "c", line, timeoutSeconds: 60 },
  { dir, blobs, signal: stop.signal },
);
