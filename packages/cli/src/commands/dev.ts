import { read as readRegistry } from "@sluice/core/registry/index";
import { command } from "../command";
import type { Io } from "../io";
import { openSession, type Session } from "../session";
import { homeOf } from "../session/home";
import { untilInterrupted } from "../session/interrupt";
import { portOf } from "./serve";

export const dev = command(
  { name: "dev", description: "The long-lived local world: API, uploads, runs, predict page" },
  {
    port: {
      type: "string",
      description: "Port of the API; 0: any free one",
      default: "4381",
      valueHint: "N",
    },
  },
  async (args, io) => {
    const port = portOf(args.port);
    const session = await openSession(homeOf(args), { servesAlways: true });
    const interrupted = untilInterrupted();
    try {
      const { startDevServer } = await import("../dev/server");
      const server = await startDevServer(session, port);
      await session.announce(server.url);
      io.say(`API: ${server.url}/   home: ${session.home}   (Ctrl-C ends)`);
      if (io.json) io.answer(JSON.stringify({ url: server.url }));
      tellStates(session, io);
      await Promise.race([interrupted, begin(session, io)]);
      await interrupted;
      io.say("Stopping; what is under way can be resumed …");
      await server.close();
      return { json: undefined, text: "" };
    } finally {
      await session.close({ stopHost: true });
    }
  },
);

function tellStates({ runner }: Session, io: Io): void {
  runner.onState(({ runId, type, state }) => {
    if (type === "StateEntered") io.say(`${runId}  ${state}`);
    else if (type.startsWith("Execution")) io.say(`${runId}  ${type.replace("Execution", "").toLowerCase()}`);
  });
}

/** What is to serve serves, and what was interrupted goes on. */
async function begin({ world, runner }: Session, io: Io): Promise<void> {
  const { champion } = await readRegistry(world);
  if (champion === null) io.say("No champion yet: sluice push DIR trains one.");
  else {
    await world.host.start();
    const { url } = await world.serving.ensure();
    io.say(`Predict page: ${url}/   (model ${champion})`);
  }
  for (const runId of await runner.interrupted()) {
    io.say(`Run ${runId} was interrupted: going on with it`);
    await runner.resume(runId);
  }
}
