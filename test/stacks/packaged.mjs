// Calls a packaged Lambda's handler once: node packaged.mjs <index.js> <event as JSON>; prints its answer as JSON.
import { createRequire } from "node:module";

const [, , file, event] = process.argv;
const { handler } = createRequire(import.meta.url)(file);
const context = { functionName: "packaged", awsRequestId: "1", getRemainingTimeInMillis: () => 10_000 };
const answer = await handler(JSON.parse(event), context).catch(({ name, message }) => ({ name, message }));
process.stdout.write(`\nanswer:${JSON.stringify(answer)}\n`);
