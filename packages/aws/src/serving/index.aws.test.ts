import { randomUUID } from "node:crypto";
import { buffer } from "node:stream/consumers";
import { CreateFunctionCommand, DeleteFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { expect, onTestFinished, test } from "vitest";
import { ZipFile } from "yazl";
import { sdk } from "../clients";
import { testRole } from "../testing";
import { lambdaServing } from "./index";

const URL = "https://predict.example.com";

/** A function with this code as its handler: it answers as the app does behind an HTTP API. */
async function servingOf(handler: string) {
  const zip = new ZipFile();
  zip.addBuffer(Buffer.from(`exports.handler = async (event) => { ${handler} };`), "index.js");
  zip.end();
  const FunctionName = `serving-${randomUUID()}`;
  const client = sdk(LambdaClient);
  await client.send(
    new CreateFunctionCommand({
      FunctionName,
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Role: await testRole("lambda"),
      Code: { ZipFile: await buffer(zip.outputStream as NodeJS.ReadableStream) },
    }),
  );
  onTestFinished(async () => void (await client.send(new DeleteFunctionCommand({ FunctionName }))));
  return { serving: lambdaServing({ functionName: FunctionName, url: URL }), FunctionName };
}

const APP = `
  const answer = (statusCode, body) => ({ statusCode, body: JSON.stringify(body), headers: {} });
  const { method, path } = event.requestContext.http;
  if (event.version !== "2.0" || path !== event.rawPath) throw new Error("no such event");
  if (method + path === "GET/health") return answer(200, { status: "ok" });
  if (method + path === "GET/ready") return answer(200, { ready: true, model: 4, champion: 4, canary: null, weight: 0, problem: null });
  if (method + path === "GET/metrics") return { statusCode: 200, body: "up 1" };
  const photo = Buffer.from(event.body, event.isBase64Encoded ? "base64" : "utf8");
  if (photo.toString() === "text")
    return answer(415, { error: { code: "photo.unsupported", message: "It is a text", hint: "Send a JPEG." } });
  const body = JSON.stringify({
    model_version: 4, model_role: event.headers["sluice-role"] ?? "champion",
    width: 100, height: 10, area_px: photo.length + photo[0], confidence: 0.9, timings_ms: { total: 12.5 },
  });
  return { statusCode: 200, body: Buffer.from(body).toString("base64"), isBase64Encoded: true };`;

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
