import { expect, test } from "vitest";
import { countersOf, figuresBetween, figuresOf } from "./figures";

const canary = { version: 2, role: "canary" } as const;
/** A process in which model 2 answered `fast` photos below 100 ms and `slow` ones below 250 ms. */
const text = ({ fast = 0, slow = 0, errors = 0, start = 1 }) => `
process_start_time_seconds ${start}
sluice_predictions_total{version="2",role="canary"} ${fast + slow}
sluice_predictions_total{version="1",role="champion"} 1000
sluice_predict_errors_total{code="internal",fault="server",version="2",role="canary"} ${errors}
sluice_predict_errors_total{code="model.corrupt",fault="server",version="2",role="canary"} ${errors}
sluice_predict_errors_total{code="photo.unsupported",fault="client",version="2",role="canary"} 99
sluice_predict_latency_seconds_bucket{le="0.05",version="2",role="canary"} 0
sluice_predict_latency_seconds_bucket{le="0.1",version="2",role="canary"} ${fast}
sluice_predict_latency_seconds_bucket{le="0.25",version="2",role="canary"} ${fast + slow}
sluice_predict_latency_seconds_bucket{le="+Inf",version="2",role="canary"} ${fast + slow}
sluice_mask_area_ratio_sum{version="2",role="canary"} ${(fast + slow) * 0.2}
sluice_mask_area_ratio_count{version="2",role="canary"} ${fast + slow}
`;
const at = (...processes: [string, Parameters<typeof text>[0]][]) =>
  countersOf(
    processes.map(([process, counts]) => ({ process, text: text(counts) })),
    canary,
  );

test("what came in the window is counted, of this model and by the server's fault", () => {
  const figures = figuresBetween(at(["a", { fast: 100 }]), at(["a", { fast: 150, slow: 50, errors: 2 }]));
  expect(figures).toEqual({
    requests: 104,
    errors: 4,
    p99Ms: expect.closeTo(247, 6), // rank 99 of 100: 49 fiftieths of the way from 100 to 250 ms
    area: expect.closeTo(0.2, 9),
    confidence: null,
  });
});

test("processes are added up; one that started anew began at 0", () => {
  const before = at(["a", { fast: 100 }], ["b", { fast: 50 }]);
  const after = at(["a", { fast: 110 }], ["b", { fast: 7, start: 2 }], ["c", { fast: 3 }]);
  expect(figuresBetween(before, after).requests).toBe(20);
});

test("nothing in the window is nothing, not zero", () => {
  const same = at(["a", { fast: 100 }]);
  expect(figuresBetween(same, same)).toEqual({
    requests: 0,
    errors: 0,
    p99Ms: null,
    area: null,
    confidence: null,
  });
});

test("of fewer than 100 answers one slow one is no tail; two are", () => {
  const seen = (slow: number) => figuresBetween(at(["a", {}]), at(["a", { fast: 20 - slow, slow }]));
  expect(seen(1).p99Ms).toBeCloseTo(100, 6);
  expect(seen(2).p99Ms).toBeCloseTo(175, 6); // half of the way from 100 to 250 ms
  const replayed = (...ms: number[]) => figuresOf(ms.map((ms) => ({ ms, area: 0.1, confidence: 0.9 }))).p99Ms;
  expect(replayed(900, 30, 20)).toBe(30);
  expect(replayed(900, 800, 20)).toBe(800);
  expect(replayed(40)).toBe(40);
});

test("replayed photos are told one by one", () => {
  const answers = Array.from({ length: 100 }, (_, i) => ({
    ms: i + 1,
    area: 0.1,
    confidence: i % 2 ? 0.9 : null,
  }));
  expect(figuresOf([...answers, null])).toEqual({
    requests: 101,
    errors: 1,
    p99Ms: 99,
    area: expect.closeTo(0.1, 9),
    confidence: expect.closeTo(0.9, 9),
  });
});
