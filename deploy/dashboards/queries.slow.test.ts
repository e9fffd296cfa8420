import { Release } from "@sluice/core";
import { serveWorld } from "@sluice/serving";
import { form, greyPhoto, raw, redWindow } from "@sluice/serving/testing/index";
import { openHostWorld, putToy } from "@sluice/serving/testing/toy-world";
import { expect, test } from "vitest";
import * as z from "zod";
import { needs } from "../testing";
import { startPrometheus } from "./prometheus";
import { rows } from "./sluice";

const Result = z.object({ result: z.array(z.unknown()) });
const RuleGroups = z.object({
  groups: z.array(z.object({ rules: z.array(z.object({ name: z.string(), health: z.string() })) })),
});
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A server with a champion and a canary, and something of everything that it can be asked. */
async function busyServer() {
  const world = await openHostWorld();
  await putToy(2, world);
  await Release.canary({ model: 2, champion: 1, weight: 0.5, reason: "half" }, world);
  const server = await serveWorld(world, { port: 0, pollMs: 50, log: () => {} });
  const predict = async (init: RequestInit, path = "/predict") =>
    (await fetch(server.url + path, init)).status;
  const [photo, grey] = [await redWindow(), await greyPhoto()];
  const work = async () => {
    await predict(raw(photo));
    await predict(raw("text"));
    await predict({ ...raw(photo), headers: { "Sluice-Role": "canary" } });
    await predict(form(["images", "a.png", grey], ["images", "b.jpg", photo]), "/batch-predict");
  };
  return { server, work };
}

test.skipIf(!needs("prometheus", "prometheus"))(
  "every query of the dashboard finds something in a real Prometheus, and every rule is evaluated",
  async () => {
    const { server, work } = await busyServer();
    const prometheus = await startPrometheus(server.url.replace("http://", ""));
    try {
      const deadline = Date.now() + 120_000;
      const resultOf = async (expr: string) => {
        const query = expr.replaceAll("$namespace", "staging").replaceAll("$__rate_interval", "30s");
        return Result.parse(await prometheus.ask(`/api/v1/query?query=${encodeURIComponent(query)}`)).result;
      };
      for (const { expr } of rows.flatMap(({ panels }) => panels.flatMap((panel) => panel.queries))) {
        let result = await resultOf(expr);
        while (result.length === 0 && Date.now() < deadline) {
          await Promise.all([work(), sleep(200)]);
          result = await resultOf(expr);
        }
        expect(result, expr).not.toEqual([]);
      }
      const rules = RuleGroups.parse(await prometheus.ask("/api/v1/rules")).groups.flatMap((g) => g.rules);
      expect(rules.length).toBeGreaterThan(20);
      for (const { name, health } of rules) expect(health, name).toBe("ok");
      expect(
        await resultOf('wms_predictions_total and on (pod) sluice_model_info{role="canary"}'),
      ).toHaveLength(1);
    } finally {
      await prometheus.stop();
      await server.close();
    }
  },
);
