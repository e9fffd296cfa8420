import { expect, test } from "vitest";
import { servingPods } from "./cluster";
import { fakeTool, listOf, podObject, serviceObject } from "./testing/index";

test("pods on their way out, and those that were evicted, are left out", async () => {
  const { tool, calls } = fakeTool({
    "get pods,services": listOf(
      podObject("a"),
      podObject("b", { metadata: { deletionTimestamp: "2026-01-01T00:00:00Z" } }),
      podObject("c", { status: { phase: "Failed" } }),
      podObject("d", {
        status: {
          phase: "Pending",
          podIP: undefined,
          containerStatuses: [{ started: false, state: { waiting: { reason: "ErrImagePull" } } }],
        },
      }),
      serviceObject(),
    ),
  });
  expect(await servingPods("sluice-prod", tool)).toEqual({
    pods: [
      { name: "a", image: "r/sluice@sha256:1", url: "http://127.0.0.1:8080", isStarted: true },
      { name: "d", image: "r/sluice@sha256:1", isStarted: false, waitsFor: "ErrImagePull" },
    ],
    url: "http://127.0.0.1:80",
  });
  expect(calls).toEqual([
    "kubectl -n sluice-prod get pods,services -l app.kubernetes.io/instance=sluice -o json",
  ]);
});

test("where the chart is not installed there is nothing", async () => {
  const { tool } = fakeTool({ kubectl: listOf() });
  expect(await servingPods("sluice-prod", tool)).toEqual({ pods: [], url: undefined });
});
