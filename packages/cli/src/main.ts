import { run } from "./cli";

const code = await run(process.argv.slice(2));
// Not process.exit at once: what was written to a pipe is to arrive first.
process.exitCode = code;
process.stdout.write("", () => process.exit(code));
