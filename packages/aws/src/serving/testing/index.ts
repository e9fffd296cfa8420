import { randomUUID } from "node:crypto";
import { buffer } from "node:stream/consumers";
import { CreateFunctionCommand, DeleteFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { onTestFinished } from "vitest";
import { ZipFile } from "yazl";
import { sdk } from "../../clients";
import { testRole } from "../../testing";
import { lambdaServing } from "../index";

export const URL = "https://predict.example.com";

/** A function with this code as its handler: it answers as the app does behind an HTTP API. */
export async function servingOf(handler: string) {
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

/** Answers as the predict function does. */
export const APP = `
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
