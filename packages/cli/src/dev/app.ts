import { createControlApp } from "@sluice/control";
import type { LogEntry } from "@sluice/control/deps";
import { answerError } from "@sluice/control/errors";
import * as Run from "@sluice/core/run/index";
import { Hono } from "hono";
import { guard } from "./guard";
import { localUploads, uploadRoutes } from "./uploads";
import type { Work } from "./work";

/** The control API on this machine, with what only this machine has: its guard, and the uploads themselves. */
export function createDevApp(work: Work): Hono {
  const { world, runner, home } = work;
  const control = createControlApp({
    world,
    runs: runner,
    uploads: localUploads(work),
    serving: world.serving,
    home,
    onComplete: (batch) => startOnce(batch, work),
    log,
  });
  const app = new Hono();
  app.use(guard);
  app.onError((error, c) => answerError(error, c, { log }));
  uploadRoutes(app, work);
  app.all("*", (c) => control.fetch(c.req.raw, c.env));
  return app;
}

/** What the bucket's event does on AWS. */
async function startOnce(batch: string, { world, runner }: Work): Promise<void> {
  const ofIt = (await Run.list(world)).filter((run) => run.batch === batch);
  if (ofIt.length === 0 || ofIt.some((run) => run.outcome === null)) await runner.start({ batch });
}

/** Whoever writes here is on this machine: only errors are told. */
const log = ({ level, message, stack }: LogEntry) => {
  if (level === "error") console.error(stack ?? message);
};
