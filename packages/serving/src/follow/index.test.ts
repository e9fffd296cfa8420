import { Bundle, type Documents, Release, SluiceError } from "@sluice/core";
import { memoryWorld } from "@sluice/core/testing/index";
import { expect, test } from "vitest";
import type { Predictor } from "../predictor";
import { toyBundle } from "../predictor/toy";
import { greyPhoto } from "../testing";
import { type FollowEvent, follow } from "./index";

type World = ReturnType<typeof memoryWorld>;

async function put(
  world: World,
  number: number,
  change: (name: string, bytes: Uint8Array) => Uint8Array | null,
) {
  for (const [name, bytes] of Object.entries(toyBundle().files)) {
    const changed = change(name, bytes);
    if (changed) await world.blobs.put(Bundle.modelPrefix(number) + name, changed);
  }
}
const whole = (_: string, bytes: Uint8Array) => bytes;
const release = (world: World, model: number | null) => Release.full({ model, reason: "test" }, world);

/** Predictors that only tell when they are warmed and closed. */
function watched(
  events: string[],
  { warmUp = async () => {} }: { warmUp?: (prefix: string) => Promise<void> } = {},
) {
  return async (prefix: string) =>
    ({
      warmUp: async () => {
        events.push(`warm ${prefix}`);
        await warmUp(prefix);
      },
      close: async () => void events.push(`close ${prefix}`),
    }) as Predictor;
}

test("a release is loaded from its blobs, and a newer one takes over", async () => {
  const world = memoryWorld();
  const follower = follow(world, { pollMs: 0 });
  await follower.check();
  expect(follower.model()).toBeUndefined();
  expect(follower.state()).toEqual({ reason: "No model has been released yet", problem: null });

  await put(world, 1, whole);
  await put(world, 2, whole);
  await release(world, 1);
  await follower.check();
  expect(follower.model()?.number).toBe(1);
  expect(await follower.model()?.predictor.predict(await greyPhoto(), "a")).toMatchObject({ areaPx: 0 });

  await release(world, 2);
  await follower.check();
  expect(follower.model()?.number).toBe(2);
  await follower.close();
  expect(follower.model()).toBeUndefined();
});

test.each([
  ["is not there", (): null => null, "model.not_found"],
  ["lacks its ONNX file", (n: string, b: Uint8Array) => (n === "model.onnx" ? null : b), "model.corrupt"],
  ["is damaged", (n: string, b: Uint8Array) => (n === "model.onnx" ? b.slice(1) : b), "model.corrupt"],
])(
  "a model that %s leaves the old one serving, and is tried again later and later",
  async (_, damage, code) => {
    const world = memoryWorld();
    const events: FollowEvent[] = [];
    const follower = follow(world, { pollMs: 0, report: (event) => void events.push(event) });
    await put(world, 1, whole);
    await put(world, 2, damage);
    await release(world, 1);
    await follower.check();
    await release(world, 2);
    await follower.check();
    await follower.check();

    expect(follower.model()?.number).toBe(1);
    expect(follower.state().problem).toMatchObject({ model: 2, code });
    expect(events).toMatchObject([
      { kind: "loaded", model: 1 },
      { kind: "failed", problem: { model: 2, code }, retryInMs: 1_000 },
    ]);

    world.clock.advance(1_000);
    await follower.check();
    world.clock.advance(1_999);
    await follower.check();
    expect(events[2]).toMatchObject({ kind: "failed", retryInMs: 2_000 });
    expect(events).toHaveLength(3);

    await put(world, 2, whole);
    world.clock.advance(1);
    await follower.check();
    expect(follower.model()?.number).toBe(2);
    expect(follower.state().problem).toBeNull();
    await follower.close();
  },
);

test("a model is ready only once it is warmed; one that fails there is closed", async () => {
  const world = memoryWorld();
  const events: string[] = [];
  let during: unknown;
  const load = watched(events, {
    warmUp: async () => {
      during = [follower.model(), follower.state().reason];
      throw new SluiceError("model.corrupt", "model.onnx answers nonsense");
    },
  });
  const follower = follow(world, { pollMs: 0, load });
  await release(world, 1);
  await follower.check();
  expect(during).toEqual([undefined, "Model 1 is being loaded"]);
  expect(follower.model()).toBeUndefined();
  expect(follower.state().reason).toBe("model.onnx answers nonsense");
  expect(events).toEqual(["warm models/1/", "close models/1/"]);
  await follower.close();
});

test("the old model is closed when the last request lets go of it", async () => {
  const world = memoryWorld();
  const events: string[] = [];
  const follower = follow(world, { pollMs: 0, load: watched(events) });
  await release(world, 1);
  await follower.check();
  const letGo = [follower.model()?.hold?.(), follower.model()?.hold?.()];

  await release(world, 2);
  await follower.check();
  expect(follower.model()?.number).toBe(2);
  letGo[0]?.();
  letGo[0]?.(); // twice counts once
  await Promise.resolve();
  expect(events).toEqual(["warm models/1/", "warm models/2/"]);

  letGo[1]?.();
  await follower.close();
  expect(events).toEqual(["warm models/1/", "warm models/2/", "close models/1/", "close models/2/"]);
});

test("a champion that is taken back leaves nothing serving", async () => {
  const world = memoryWorld();
  const events: string[] = [];
  const follower = follow(world, { pollMs: 0, load: watched(events) });
  await release(world, 1);
  await follower.check();
  await release(world, null);
  await follower.check();
  expect(follower.model()).toBeUndefined();
  expect(follower.state().reason).toBe("The release says that no model serves");
  await follower.close();
  expect(events).toEqual(["warm models/1/", "close models/1/"]);
});

test("a rollback forgets the newer model's problem", async () => {
  const world = memoryWorld();
  const follower = follow(world, { pollMs: 0 });
  await put(world, 1, whole);
  await release(world, 1);
  await follower.check();
  await release(world, 2);
  await follower.check();
  expect(follower.state().problem?.model).toBe(2);
  await release(world, 1);
  await follower.check();
  expect(follower.model()?.number).toBe(1);
  expect(follower.state().problem).toBeNull();
  await follower.close();
});

test("a release that cannot be read is reported once, and what serves goes on", async () => {
  const world = memoryWorld();
  const events: FollowEvent[] = [];
  let readable = true;
  const documents: Documents = {
    ...world.documents,
    read: (key, schema) =>
      readable
        ? world.documents.read(key, schema)
        : Promise.reject(new SluiceError("document.invalid", "release/current is no JSON")),
  };
  const report = (event: FollowEvent) => void events.push(event);
  const follower = follow({ ...world, documents }, { pollMs: 0, load: watched([]), report });
  await release(world, 1);
  await follower.check();
  readable = false;
  await follower.check();
  await follower.check();
  expect(follower.model()?.number).toBe(1);
  expect(follower.state().problem).toMatchObject({ model: null, code: "document.invalid" });
  expect(events.map(({ kind }) => kind)).toEqual(["loaded", "failed"]);

  readable = true;
  await follower.check();
  expect(follower.state().problem).toBeNull();
  await follower.close();
});

test("it looks by itself, and looks at once", async () => {
  const world = memoryWorld();
  await release(world, 1);
  const loaded = new Promise<FollowEvent>((resolve) => {
    const follower = follow(world, {
      pollMs: 5,
      load: watched([]),
      report: (event) => {
        if (event.kind === "loaded" && event.model === 1) void release(world, 2);
        else void follower.close().then(() => resolve(event));
      },
    });
  });
  expect(await loaded).toMatchObject({ kind: "loaded", model: 2 });
});

test("a canary is loaded and warmed beside the champion, and becomes it without being loaded again", async () => {
  const world = memoryWorld();
  const events: string[] = [];
  const follower = follow(world, { pollMs: 0, load: watched(events) });
  await release(world, 1);
  await follower.check();
  await Release.canary({ model: 2, champion: 1, weight: 0.1, reason: "test" }, world);
  await follower.check();
  expect(follower.models()).toMatchObject({
    champion: { number: 1 },
    canary: { number: 2 },
    weight: 0.1,
  });
  await release(world, 2);
  await follower.check();
  expect(follower.models()).toEqual({
    champion: expect.objectContaining({ number: 2 }),
    canary: undefined,
    weight: 0,
  });
  expect(events).toEqual(["warm models/1/", "warm models/2/", "close models/1/"]);
  await follower.close();
});

test("a canary that is taken back answers no further request, and is closed when its last one is done", async () => {
  const world = memoryWorld();
  const events: string[] = [];
  const follower = follow(world, { pollMs: 0, load: watched(events) });
  await release(world, 1);
  await follower.check();
  await Release.canary({ model: 2, champion: 1, weight: 0.5, reason: "test" }, world);
  await follower.check();
  const letGo = follower.models().canary?.hold?.();
  await Release.withdraw({ model: 2, reason: "bad" }, world);
  await follower.check();
  expect(follower.models()).toMatchObject({ champion: { number: 1 }, weight: 0 });
  expect(follower.models().canary).toBeUndefined();
  expect(events).not.toContain("close models/2/");
  letGo?.();
  await expect.poll(() => events).toContain("close models/2/");
  await follower.close();
});

test("a canary that cannot be loaded leaves everything to the champion, and says why", async () => {
  const world = memoryWorld();
  await put(world, 1, whole);
  await release(world, 1);
  const follower = follow(world, { pollMs: 0 });
  await Release.canary({ model: 2, champion: 1, weight: 1, reason: "test" }, world);
  await follower.check();
  expect(follower.models()).toMatchObject({ champion: { number: 1 }, weight: 0 });
  expect(follower.state().problem).toMatchObject({ model: 2, code: "model.not_found" });
  await Release.withdraw({ model: 2, reason: "not loaded" }, world);
  await follower.check();
  expect(follower.state().problem).toBeNull();
  await follower.close();
});
