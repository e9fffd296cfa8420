import { afterAll, beforeAll, expect, test } from "vitest";
import type { Predictor } from "../predictor";
import { appWith, greyPhoto, predictingAfter, raw, toyPredictor } from "../testing";
import type { AppDeps } from "./deps";
import type { LogEntry } from "./log";
import { toBinary } from "./v2/binary";

let predictor: Predictor;
beforeAll(async () => {
  predictor = await toyPredictor();
});
afterAll(() => predictor.close());

/** The level of the one request. */
async function levelOf(path: string, init: RequestInit = {}, deps: Partial<AppDeps> = {}) {
  const entries: LogEntry[] = [];
  await appWith(predictor, { logger: (entry) => entries.push(entry), log: () => {}, ...deps }).request(
    path,
    init,
  );
  expect(entries).toHaveLength(1);
  return entries[0]?.level;
}
const none = { model: () => undefined };

test("predictions and inferences are told, what probes ask is not", async () => {
  const photo = toBinary([await greyPhoto()]);
  const parameters = { binary_data_size: photo.length };
  const inputs = [{ name: "photo", datatype: "BYTES", shape: [1], parameters }];
  const head = Buffer.from(JSON.stringify({ inputs, outputs: [{ name: "area_px" }] }));
  const inference = {
    method: "POST",
    headers: { "Inference-Header-Content-Length": String(head.length) },
    body: new Uint8Array(Buffer.concat([head, photo])),
  };
  expect(await levelOf("/v2/models/segmentation-photo/infer", inference)).toBe("info");
  expect(await levelOf("/predict", raw(await greyPhoto(), "image/png"))).toBe("info");
  for (const path of ["/ready", "/metrics", "/v2/health/ready", "/v2/models/segmentation/ready"])
    expect(await levelOf(path), path).toBe("debug");
});

test("nobody is woken while a model loads, or for a client's fault; for the server's somebody is", async () => {
  for (const path of ["/ready", "/v2/health/ready", "/v2/models/segmentation/ready"])
    expect(await levelOf(path, {}, none), path).toBe("info");
  expect(await levelOf("/predict", raw("text"), none)).toBe("warn");
  expect(await levelOf("/predict", raw("text"))).toBe("warn");
  const broken = predictingAfter(predictor, () => Promise.reject(new Error("broken")));
  const model = () => ({ number: 3, predictor: broken });
  expect(await levelOf("/predict", raw(await greyPhoto(), "image/png"), { model })).toBe("error");
});
