import { Registry } from "prom-client";
import { expect, test } from "vitest";
import { faultOf, MOST_MODELS, metricsByModel } from "./by-model";

const linesOf = async (registry: Registry, name: string) =>
  (await registry.metrics()).split("\n").filter((line) => line.startsWith(`${name}{`));

test("an answer is counted for its model and role", async () => {
  const registry = new Registry();
  const { predicted } = metricsByModel(registry);
  predicted({ version: 4, role: "canary" }, { seconds: 0.03, areaRatio: 0.07, confidence: 0.91 });
  predicted({ version: "wine", role: "champion" }, { seconds: 0.001 });

  expect(await linesOf(registry, "sluice_predictions_total")).toEqual([
    'sluice_predictions_total{version="4",role="canary"} 1',
    'sluice_predictions_total{version="wine",role="champion"} 1',
  ]);
  expect(await linesOf(registry, "sluice_mask_area_ratio_sum")).toEqual([
    'sluice_mask_area_ratio_sum{version="4",role="canary"} 0.07',
  ]);
  const area = await registry.getSingleMetricAsString("sluice_mask_area_ratio");
  expect(area).toContain('sluice_mask_area_ratio_bucket{le="0.04",version="4",role="canary"} 0');
  expect(area).toContain('sluice_mask_area_ratio_bucket{le="0.08",version="4",role="canary"} 1');
  expect(area).not.toContain("wine");
});

test("a replay is counted apart", async () => {
  const registry = new Registry();
  metricsByModel(registry).replayed({ version: 4, role: "canary" });
  expect(await linesOf(registry, "sluice_replays_total")).toEqual([
    'sluice_replays_total{version="4",role="canary"} 1',
  ]);
  expect(await linesOf(registry, "sluice_predictions_total")).toEqual([]);
});

test("a failure is the client's or the server's; without a model it is nobody's", async () => {
  const registry = new Registry();
  const { failed } = metricsByModel(registry);
  failed({ version: 4, role: "champion" }, "photo.unsupported");
  failed({ version: 4, role: "champion" }, "internal");
  failed(undefined, "model.not_ready");
  expect(await linesOf(registry, "sluice_predict_errors_total")).toEqual([
    'sluice_predict_errors_total{code="photo.unsupported",fault="client",version="4",role="champion"} 1',
    'sluice_predict_errors_total{code="internal",fault="server",version="4",role="champion"} 1',
    'sluice_predict_errors_total{code="model.not_ready",fault="server",version="none",role="none"} 1',
  ]);
  expect([faultOf("serving.busy"), faultOf("model.corrupt"), faultOf("toString")]).toEqual([
    "client",
    "server",
    "server",
  ]);
});

test("models of long ago leave no series behind", async () => {
  const registry = new Registry();
  const { predicted, failed } = metricsByModel(registry);
  for (let version = 1; version <= MOST_MODELS + 2; version++) {
    predicted({ version, role: "champion" }, { seconds: 0.1, areaRatio: 0.1, confidence: 0.9 });
    failed({ version, role: "champion" }, "internal");
    predicted({ version: 1, role: "champion" }, { seconds: 0.1 }); // still used, so it stays
  }
  const text = await registry.metrics();
  const versions = new Set([...text.matchAll(/version="(\w+)"/g)].map(([, version]) => version));
  expect([...versions].sort()).toEqual(["1", "10", "4", "5", "6", "7", "8", "9"]);
});

test("those that serve keep what they counted, however many others are asked", async () => {
  const registry = new Registry();
  const { predicted } = metricsByModel(registry, () => [{ version: 4, role: "champion" }]);
  predicted({ version: 4, role: "champion" }, { seconds: 0.1 });
  for (let i = 0; i < MOST_MODELS + 3; i++)
    predicted({ version: `wine-${i}`, role: "champion" }, { seconds: 0.1 });
  const lines = await linesOf(registry, "sluice_predictions_total");
  expect(lines).toContain('sluice_predictions_total{version="4",role="champion"} 1');
  expect(lines).toHaveLength(MOST_MODELS + 1);
});
