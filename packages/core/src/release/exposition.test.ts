import { expect, test } from "vitest";
import { parseExposition } from "./exposition";

test("names, labels and values are read; comments and what does not fit are not", () => {
  const text = `# HELP sluice_predictions_total Photos answered with a mask.
# TYPE sluice_predictions_total counter
sluice_predictions_total{version="3",role="canary"} 12
process_start_time_seconds 1763755200
bucket{le="+Inf",path="C:\\\\a \\"b\\"\\n{c}, d=\\"e\\""} +Inf 1763755200000
no value
{} 3
half 1.5e-3
nothing NaN
`;
  expect(parseExposition(text)).toEqual([
    { name: "sluice_predictions_total", labels: { version: "3", role: "canary" }, value: 12 },
    { name: "process_start_time_seconds", labels: {}, value: 1_763_755_200 },
    { name: "bucket", labels: { le: "+Inf", path: 'C:\\a "b"\n{c}, d="e"' }, value: Infinity },
    { name: "half", labels: {}, value: 0.0015 },
  ]);
});
