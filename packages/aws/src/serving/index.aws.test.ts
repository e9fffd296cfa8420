import { expect, test } from "vitest";
import { lambdaServing } from "./index";
import { APP, servingOf, URL } from "./testing";

test("it is asked as its HTTP API would ask it, and its answers and refusals are read", async () => {
  const { serving } = await servingOf(APP);
  expect(await serving.ensure()).toEqual({ url: URL });
  expect(await serving.readyVersion()).toBe(4);
  const photo = new Uint8Array([255, 0, 128, 7]);
  expect(await serving.predict(photo)).toEqual({
    modelVersion: 4,
    role: "champion",
    areaPx: 259,
    areaRatio: 0.259,
    confidence: 0.9,
    latencyMs: 12.5,
  });
  expect(await serving.predict(photo, { role: "canary" })).toMatchObject({ role: "canary" });
  expect(await serving.loaded()).toMatchObject({ champion: 4, canary: null, weight: 0 });
  expect(await serving.metrics()).toEqual([{ process: expect.any(String), text: "up 1" }]);
  await expect(serving.predict(Buffer.from("text"))).rejects.toMatchObject({
    code: "photo.unsupported",
    message: "It is a text",
    hint: "Send a JPEG.",
  });
});

test("a photo that Lambda does not take is refused before it is sent; one just below is answered", async () => {
  const { serving } = await servingOf(APP);
  expect(await serving.predict(new Uint8Array(4_500_000))).toMatchObject({ areaPx: 4_500_000 });
  await expect(serving.predict(new Uint8Array(4_800_000))).rejects.toMatchObject({
    code: "photo.too_large",
    message: expect.stringContaining("4.8 MB"),
  });
});

test("while no model is loaded, none is ready", async () => {
  const { serving } = await servingOf("return { statusCode: 503, body: JSON.stringify({ ready: false }) };");
  expect(await serving.readyVersion()).toBeUndefined();
});

test("a function that fails is named with its log; it has no model ready", async () => {
  const { serving, FunctionName } = await servingOf('throw new Error("out of memory");');
  const failed = {
    code: "serving.unreachable",
    message: expect.stringContaining("out of memory"),
    hint: `See the log group /aws/lambda/${FunctionName}.`,
  };
  await expect(serving.predict(Buffer.from("x"))).rejects.toMatchObject(failed);
  await expect(serving.ensure()).rejects.toMatchObject(failed);
  expect(await serving.readyVersion()).toBeUndefined();
});

test("what answers otherwise is not taken for it", async () => {
  const { serving } = await servingOf('return "hello";');
  await expect(serving.predict(Buffer.from("x"))).rejects.toMatchObject({ code: "serving.unreachable" });
  await expect(serving.ensure()).rejects.toMatchObject({ code: "serving.unreachable" });
});

test("a function that is not there is named", async () => {
  const serving = lambdaServing({ functionName: "nowhere", url: URL });
  const missing = { code: "world.misconfigured", message: expect.stringContaining("function nowhere") };
  await expect(serving.ensure()).rejects.toMatchObject(missing);
  await expect(serving.readyVersion()).rejects.toMatchObject(missing);
});
