// A program for the tests: sends commands, says so, and stays until it is killed.
import { childCommands } from "./index";

const commands = childCommands({ dir: process.argv[2] ?? "", graceSeconds: 1 });
await commands.send({ id: "sent-short", line: "echo begun; sleep 1; echo still here", timeoutSeconds: 30 });
await commands.send({ id: "sent-long", line: "sleep 60", timeoutSeconds: 90 });
await commands.send({ id: "sent-slow", line: "sleep 60", timeoutSeconds: 2 });
console.log("sent");
setInterval(() => undefined, 1_000);
