import { verify } from "@sluice/core/bundle/index";
import { list as commits, show as findCommit } from "@sluice/core/dataset/history";
import { isSluiceError, SluiceError } from "@sluice/core/errors";
import { httpStatus } from "@sluice/core/http-status";
import { BatchId } from "@sluice/core/ids";
import * as Registry from "@sluice/core/registry/index";
import * as Release from "@sluice/core/release/index";
import * as Run from "@sluice/core/run/index";
import { MaskPolicy } from "@sluice/core/settings/index";
import { type Context, Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import * as z from "zod";
import { runRow } from "../format/run";
import { look } from "../session/look";
import { guard } from "./guard";
import { uploads } from "./uploads";
import type { Work } from "./work";

/** The API of the local world: what the command line asks of `sluice dev`. */
export function createDevApp(work: Work): Hono {
  const { world, runner, home } = work;
  const app = new Hono();
  app.use(guard);
  app.onError((error, c) => refuse(error, c));
  app.notFound((c) =>
    refuse(new SluiceError("usage.not_found", `There is no ${c.req.path}`, "See: GET /."), c),
  );

  app.get("/", async (c) => {
    const { champion } = await Registry.read(world);
    return c.json({ home, champion, routes: app.routes.map(({ method, path }) => `${method} ${path}`) });
  });
  app.route("/", uploads(work));
  app.post("/batches/:batch/runs", async (c) => {
    const { masks } = await body(c, z.object({ masks: MaskPolicy.optional() }));
    const batch = BatchId.safeParse(c.req.param("batch"));
    if (!batch.success) throw new SluiceError("usage.invalid", "That is no batch id", "");
    return c.json(await runner.start({ batch: batch.data, ...(masks && { masks }) }), 202);
  });

  app.get("/runs", async (c) =>
    c.json(
      (await Run.list(world)).map((run) => ({ ...runRow(run), batch: run.batch, startedAt: run.startedAt })),
    ),
  );
  app.get("/runs/:id", async (c) => c.json(await look(c.req.param("id"), { home, ...world })));
  app.post("/runs/:id/stop", async (c) => {
    await runner.stop(c.req.param("id"));
    return c.json({ stopped: c.req.param("id") });
  });
  app.post("/runs/:id/resume", async (c) => {
    await runner.resume(c.req.param("id"));
    return c.json({ runId: c.req.param("id") }, 202);
  });

  app.get("/models", async (c) => c.json(await Registry.read(world)));
  app.post("/models/:number/rollback", async (c) => {
    const { reason } = await body(c, z.object({ reason: z.string().default("rolled back by hand") }));
    const number = Number(c.req.param("number"));
    if ((await Registry.read(world)).champion !== number) await verify({ number }, world);
    const { champion } = await Registry.rollback({ number, reason }, world);
    await Release.full({ model: number, reason }, world);
    return c.json({ champion });
  });
  app.get("/dataset", async (c) => c.json(await commits(world)));
  app.get("/dataset/:version", async (c) => c.json(await findCommit(c.req.param("version"), world)));
  app.get("/serving", async (c) => c.json(await world.serving.ensure()));
  return app;
}

/** The request's JSON; an empty body is an empty object. Throws `usage.invalid`. */
async function body<S extends z.ZodType>(c: Context, schema: S): Promise<z.output<S>> {
  const text = await c.req.text();
  try {
    return schema.parse(text === "" ? {} : JSON.parse(text));
  } catch (cause) {
    throw new SluiceError("usage.invalid", "The request's body does not fit", "It is a JSON object.", {
      cause,
    });
  }
}

function refuse(error: unknown, c: Context): Response {
  if (isSluiceError(error)) {
    const { code, message, hint } = error;
    return c.json({ error: { code, message, hint } }, httpStatus[code] as ContentfulStatusCode);
  }
  console.error(error);
  const message = "Something unexpected went wrong";
  return c.json({ error: { code: "internal", message, hint: "See the output of sluice dev." } }, 500);
}
