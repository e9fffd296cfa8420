import { rm } from "node:fs/promises";
import { join } from "node:path";
import { Release, Settings } from "@sluice/core";
import { redWindow } from "@sluice/serving/testing/index";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { helm, images, imageValues, kubectl, labelled, missing, until } from "./cluster";
import { startLoad } from "./load";
import { makeWorld, mountWorld } from "./world";

const CHART = join(import.meta.dirname, "../../deploy/chart");
const NAMESPACE = `sluice-test-${process.pid}`;
const LABEL = "app.kubernetes.io/instance=sluice";
const URL = `http://${process.env.SLUICE_TEST_NODE ?? "127.0.0.1"}:30080`;
const KINDS = "all,configmap,serviceaccount,poddisruptionbudget,networkpolicy,horizontalpodautoscaler";

const why = await missing();
if (why) console.error(`######## SKIPPED: the Kubernetes tests, because ${why} ########`);
const [first = "", second = ""] = images();

const Ready = z.object({ champion: z.number().nullable(), canary: z.number().nullable() });
const upgrade = (image: string, ...more: string[]) =>
  helm(
    ...["upgrade", "--install", "sluice", CHART, "-n", NAMESPACE, "--wait", "--timeout", "5m"],
    ...imageValues(image),
    ...["--set", "world.kind=local", "--set", "world.claim=world", "--set", "image.pullPolicy=IfNotPresent"],
    ...["--set", "resources.requests.cpu=50m", ...more],
  );

/** The pods that are ready, with a GET through the API server. */
async function pods() {
  const names = (await labelled(NAMESPACE, "pod", LABEL)).map((name) => name.replace("Pod/", ""));
  const get = (pod: string, path: string) =>
    kubectl("get", "--raw", `/api/v1/namespaces/${NAMESPACE}/pods/${pod}:8080/proxy${path}`);
  return names.map((name) => ({ name, get: (path: string) => get(name, path) }));
}
const metrics = async () =>
  Promise.all((await pods()).map(async ({ name, get }) => ({ process: name, text: await get("/metrics") })));
/** Every pod has loaded just these. */
const loaded = (champion: number, canary: number | null) =>
  until(`champion ${champion} and canary ${canary} in every pod`, 60, async () => {
    const all = await Promise.all(
      (await pods()).map(async ({ get }) => Ready.parse(JSON.parse(await get("/ready")))),
    );
    return all.every((pod) => pod.champion === champion && pod.canary === canary) ? true : undefined;
  });

describe.skipIf(why !== undefined).sequential("the chart in a cluster", () => {
  let photo: Uint8Array;
  let made: Awaited<ReturnType<typeof makeWorld>>;
  beforeAll(async () => {
    photo = await redWindow();
    made = await makeWorld();
    await mountWorld(NAMESPACE, made.folder);
  });
  afterAll(async () => {
    await helm("uninstall", "sluice", "-n", NAMESPACE, "--ignore-not-found", "--wait");
    await kubectl("delete", "namespace", NAMESPACE, "--wait", "--timeout=2m");
    await kubectl("delete", "pv", `${NAMESPACE}-world`);
    await rm(made.folder, { recursive: true });
  });

  test("the API server takes every object, also those that are made on wish", async () => {
    const on = [
      "--set",
      "autoscaling.enabled=true",
      "--set",
      "networkPolicy.enabled=true",
      "--dry-run=server",
    ];
    expect(await upgrade(first, ...on)).toContain("STATUS: pending-install");
  });

  test("it is installed under the restricted profile, and predicts through the NodePort", async () => {
    await upgrade(first);
    const response = await fetch(`${URL}/predict`, { method: "POST", body: photo });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ model_version: 1, width: 480, height: 640 });
    const fetched = await kubectl("-n", NAMESPACE, "logs", "-l", LABEL, "-c", "fetch", "--tail=1");
    expect(fetched).toMatch(/"model":1,"digest":"[0-9a-f]{64}"/);
  });

  test("a new image under load: no request fails", async () => {
    const load = startLoad(URL, photo, 20);
    await until("requests", 30, async () => (load.counts()["200"] ?? 0) > 20 || undefined);
    await upgrade(second);
    await new Promise((resolve) => setTimeout(resolve, 8_000));
    const counts = await load.stop();
    console.log(`image update under load: ${JSON.stringify(counts)}`);
    expect(Object.keys(counts)).toEqual(["200"]);
    const running = await kubectl(
      "-n",
      NAMESPACE,
      "get",
      "pod",
      "-l",
      LABEL,
      "-o",
      "jsonpath={..spec.containers[*].image}",
    );
    expect(new Set(running.split(" "))).toEqual(new Set([second]));
  });

  test("a good canary gets its share and becomes the champion, without a restart and without a failed request", async () => {
    const before = (await pods()).map(({ name }) => name).sort();
    const load = startLoad(URL, photo, 20);
    await Release.canary({ model: 2, champion: 1, weight: 0.5, reason: "test" }, made.world);
    await loaded(1, 2);
    await until("an answer of the canary", 30, async () => {
      const texts = (await metrics()).map(({ text }) => text).join("\n");
      return /sluice_predictions_total\{version="2",role="canary"\} [1-9]/.test(texts) ? true : undefined;
    });
    await Release.full({ model: 2, reason: "good" }, made.world);
    await loaded(2, null);
    const counts = await load.stop();
    expect(Object.keys(counts)).toEqual(["200"]);
    expect((await pods()).map(({ name }) => name).sort()).toEqual(before);
  });

  test("a canary that finds nonsense is judged bad by the pods' metrics and taken back; no request fails", async () => {
    const policy = Settings.parse({}).release;
    const load = startLoad(URL, photo, 20);
    await Release.canary({ model: 3, champion: 2, weight: 0.5, reason: "test" }, made.world);
    await loaded(2, 3);
    const watch = Release.beginPhase(
      Release.startWatch({ champion: 2, canary: 3 }, 0),
      0,
      Date.now(),
      await metrics(),
    );
    const verdict = await until(
      "a verdict",
      120,
      async () => Release.judgeEarly(Release.observe(watch, await metrics()), policy) ?? undefined,
    );
    expect(verdict.verdict).toBe("bad");
    expect(verdict.reasons.join()).toContain("its windows fill 100.0 %");
    const decided = Date.now();
    await Release.withdraw({ model: 3, reason: verdict.reasons.join("; ") }, made.world);
    await loaded(2, null);
    expect(Date.now() - decided).toBeLessThan(10_000);
    expect(Object.keys(await load.stop())).toEqual(["200"]);
  });

  test("a canary whose file is cut is never asked; the champion answers everything", async () => {
    const load = startLoad(URL, photo, 10);
    await Release.canary({ model: 4, champion: 2, weight: 0.5, reason: "test" }, made.world);
    const problem = await until("the problem at /ready", 60, async () => {
      const [pod] = await pods();
      const ready = pod && (await pod.get("/ready"));
      return ready?.includes("model.corrupt") ? ready : undefined;
    });
    expect(problem).toContain("models/4/model.onnx");
    await Release.withdraw({ model: 4, reason: "cut" }, made.world);
    expect(Object.keys(await load.stop())).toEqual(["200"]);
  });

  test("uninstalled, it leaves nothing", async () => {
    await helm("uninstall", "sluice", "-n", NAMESPACE, "--wait");
    await until("the end of the pods", 60, async () =>
      (await labelled(NAMESPACE, KINDS, LABEL)).length === 0 ? true : undefined,
    );
    const secrets = await kubectl("-n", NAMESPACE, "get", "secret", "-o", "name");
    expect(secrets.trim()).toBe("");
  });
});
