import type { Documents, Host } from "@sluice/core";
import * as z from "zod";
import type { ChildCommands } from "../commands";

const KEY = "world/host";
const State = z.object({ status: z.enum(["stopped", "ready", "stopping"]) });
type Status = z.infer<typeof State>["status"];

/** This machine as the one that trains. Stopping it ends whatever was sent to it. */
export function localHost({ documents, commands }: { documents: Documents; commands: ChildCommands }): Host {
  const become = (status: Status) =>
    documents.update(KEY, State, (current) => (current?.status === status ? current : { status }));
  return {
    start: async () => void (await become("ready")),
    status: async () => (await documents.read(KEY, State))?.status ?? "stopped",
    async stop() {
      await become("stopping");
      await commands.cancelAll();
      await become("stopped");
    },
  };
}
