import { OpenAPIHono } from "@hono/zod-openapi";
import { Imported, SluiceError } from "@sluice/core";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { noModel } from "../../onnx/library";
import { sourceOf } from "../body";
import type { AppContext, AppEnv, Serving } from "../context";
import { note, tellWhen } from "../errors";
import { VERSION } from "../status";
import type { Account } from "../uploads";
import { answerInference } from "./answer";
import { imported } from "./imported";
import { wantedOutputs } from "./match";
import type { V2Model } from "./model";
import { readRequest } from "./request";
import { segmentation } from "./segmentation";

/**
 * The Open Inference Protocol, version 2, with its binary tensor data extension: what KServe's and Triton's clients speak.
 * The champion is `segmentation`; models that were trained elsewhere have the names that they were imported by.
 */
export function v2App(serving: Serving) {
  const app = new OpenAPIHono<AppEnv>();
  app.onError((error, c) => {
    const { status, failure } = note(error, c as AppContext, serving);
    c.set("code", failure.code);
    tellWhen(error, status, c as AppContext);
    const { code, message, hint } = failure;
    return c.json({ error: [`${code}: ${message}.`, hint].join(" ").trim() }, status as ContentfulStatusCode);
  });

  const isServerReady = () => {
    const { champion, canary } = serving.models();
    return (champion ?? canary) !== undefined && !serving.isStopping();
  };
  get("/", (c) => c.json({ name: "sluice", version: VERSION, extensions: ["binary_tensor_data"] }));
  get("/health/live", (c) => c.json({ live: true }));
  get("/health/ready", (c) => c.json({ ready: isServerReady() }, isServerReady() ? 200 : 503));
  get("/models", async (c) => c.json({ models: await namesOf(serving) }));
  for (const path of ["/models/:name", "/models/:name/versions/:version"]) {
    get(path, async (c) => {
      const model = await modelOf(c, serving);
      const version = versionOf(c);
      const metadata = await model.metadata(version);
      if (version === undefined || metadata.versions.includes(String(version))) return c.json(metadata);
      throw new SluiceError("model.not_found", `${model.name} has no version ${version}`, "Leave it out.");
    });
    get(`${path}/ready`, async (c) => {
      const model = await modelOf(c, serving);
      const ready = await model.isReady(versionOf(c));
      return c.json({ name: model.name, ready }, ready ? 200 : 503);
    });
    app.post(`${path}/infer`, (c) => serving.uploads.hold((account) => infer(c, serving, account)));
    app.all(`${path}/infer`, otherMethods("POST, OPTIONS"));
  }
  app.all("*", (c) => {
    throw new SluiceError(
      "usage.not_found",
      `There is no ${c.req.path.slice(0, 80)}`,
      "What there is: /docs.",
    );
  });
  return app;

  function get(path: string, answer: (c: AppContext) => Response | Promise<Response>) {
    app.get(path, answer);
    app.all(path, otherMethods("GET, HEAD, OPTIONS"));
  }
}

async function infer(c: AppContext, serving: Serving, account: Account): Promise<Response> {
  const model = await modelOf(c, serving);
  const version = versionOf(c);
  const specs = await model.metadata(version);
  const asked = await readRequest(sourceOf(c), serving.limits, account, specs.inputs);
  const wanted = wantedOutputs(asked, specs.outputs);
  const { version: number, outputs } = await model.infer(c, asked, version);
  const chosen = wanted.map(({ name, isBinary }) => {
    const tensor = outputs.find((output) => output.name === name);
    if (!tensor) throw new Error(`${model.name} has not answered ${name}`);
    return { ...tensor, isBinary };
  });
  return answerInference(c, { name: model.name, version: number, id: asked.id }, chosen);
}

/** Throws `model.not_found`. */
async function modelOf(c: AppContext, serving: Serving): Promise<V2Model> {
  const name = c.req.param("name") ?? "";
  const reserved = Imported.RESERVED.find((taken) => taken === name);
  if (reserved) return segmentation(serving, reserved);
  if (!serving.library) throw noModel(name);
  return imported(serving, serving.library, name);
}

/** Undefined: whichever the model answers by. Throws `model.not_found` for what is no number. */
function versionOf(c: AppContext): number | undefined {
  const text = c.req.param("version");
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new SluiceError(
    "model.not_found",
    `There is no version ${JSON.stringify(text.slice(0, 40))}`,
    "They are numbers.",
  );
}

async function namesOf({ library }: Serving): Promise<string[]> {
  const others = library ? await library.list() : [];
  return [...Imported.RESERVED, ...others.map(({ name }) => name)];
}

const otherMethods = (allow: string) => (c: AppContext) => {
  c.header("Allow", allow);
  if (c.req.method === "OPTIONS") return c.body(null, 204);
  throw new SluiceError("usage.wrong_method", `${c.req.method} is not answered here`, `What is: ${allow}.`);
};
