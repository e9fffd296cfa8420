import { run } from "./cli";
import { UNKNOWN } from "./exit-codes";

// A reader that has had enough (`sluice runs | head`) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});
process.on("unhandledRejection", (error) => {
  const isVerbose = process.argv.includes("--verbose");
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  console.error(isVerbose ? stack : `unknown: ${message.replaceAll("\n", " ")}. Try again with --verbose.`);
  process.exit(UNKNOWN);
});

const code = await run(process.argv.slice(2));
// What was written to a pipe is to arrive first.
process.stdout.write("", () => process.exit(code));
