import { Release, type ServedPrediction, type Serving, SluiceError } from "@sluice/core";
import type { memoryWorld } from "@sluice/core/testing/index";

/** How a model does in the fake serving process; by default it answers well. */
export interface Conduct {
  /** Share of its requests that fail. */
  fails?: number;
  area?: number;
  latencyMs?: number;
  /** It is never loaded. */
  isBroken?: boolean;
}

export interface FakeServing extends Serving {
  /** Clients' requests between two looks. */
  traffic: number;
  /** By model number. */
  conduct: Record<number, Conduct>;
  /** Nobody answers /metrics. */
  hasNoMetrics: boolean;
  /** Test photos that were replayed. */
  replays: number;
  /** What comes to pass at each look. */
  onLook: () => Promise<unknown> | unknown;
}

const LOOK_MS = 5_000;
const GOOD = { fails: 0, area: 0.1, latencyMs: 60, isBroken: false };

/** A serving process that follows the release and counts what its clients would ask; each look takes five seconds. */
export function fakeServing(memory: ReturnType<typeof memoryWorld>): FakeServing {
  const counted = new Map<string, { answered: number; failed: number }>();
  const conductOf = (model: number) => ({ ...GOOD, ...serving.conduct[model] });
  const models = async () => {
    const release = await Release.current(memory);
    const { champion = null, canary = null, weight = 0 } = release ?? {};
    const isThere = canary !== null && !conductOf(canary).isBroken;
    return { champion, canary: isThere ? canary : null, weight: isThere ? weight : 0 };
  };
  const count = (model: number | null, role: Release.Role, requests: number) => {
    if (model === null) return;
    const key = `version="${model}",role="${role}"`;
    const { answered, failed } = counted.get(key) ?? { answered: 0, failed: 0 };
    const failing = Math.round(requests * conductOf(model).fails);
    counted.set(key, { answered: answered + requests - failing, failed: failed + failing });
  };

  const serving: FakeServing = {
    traffic: 0,
    conduct: {},
    hasNoMetrics: false,
    replays: 0,
    onLook: () => {},
    ensure: async () => ({ url: "http://fake" }),
    readyVersion: async () => (await models()).champion ?? undefined,
    loaded: async () => ({ ...(await models()), problem: "the model is cut" }),
    async predict(_photo, { role } = {}): Promise<ServedPrediction> {
      const { champion, canary } = await models();
      const model = (role === "canary" ? canary : champion) ?? 0;
      const { area, latencyMs, fails } = conductOf(model);
      if (role) serving.replays++;
      if (fails > 0) throw new SluiceError("serving.unreachable", `model ${model} fails`);
      return {
        modelVersion: model,
        role: role ?? "champion",
        areaPx: area * 1_000,
        areaRatio: area,
        confidence: 0.9,
        latencyMs,
      };
    },
    async metrics() {
      memory.clock.advance(LOOK_MS);
      await serving.onLook();
      const { champion, canary, weight } = await models();
      const canaries = Math.round(serving.traffic * weight);
      count(canary, "canary", canaries);
      count(champion, "champion", serving.traffic - canaries);
      if (serving.hasNoMetrics) throw new SluiceError("serving.unreachable", "nobody answers");
      const text = [...counted].map(([key, counts]) => exposition(key, counts, conductOf(versionOf(key))));
      return [{ process: "fake", text: text.join("\n") }];
    },
  };
  return serving;
}

const versionOf = (key: string) => Number(/version="(\d+)"/.exec(key)?.[1]);

function exposition(
  key: string,
  { answered, failed }: { answered: number; failed: number },
  { area, latencyMs }: { area: number; latencyMs: number },
): string {
  const buckets = [0.1, 0.5, 1, 10].map(
    (le) =>
      `sluice_predict_latency_seconds_bucket{le="${le}",${key}} ${latencyMs / 1_000 <= le ? answered : 0}`,
  );
  return [
    `sluice_predictions_total{${key}} ${answered}`,
    `sluice_predict_errors_total{code="internal",fault="server",${key}} ${failed}`,
    ...buckets,
    `sluice_predict_latency_seconds_bucket{le="+Inf",${key}} ${answered}`,
    `sluice_mask_area_ratio_sum{${key}} ${answered * area}`,
    `sluice_mask_area_ratio_count{${key}} ${answered}`,
  ].join("\n");
}
