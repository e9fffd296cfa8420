import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { SluiceError } from "@sluice/core/errors";
import { parseJson } from "@sluice/core/json-blob";
import type { Serving } from "@sluice/core/ports";
import * as Answer from "@sluice/core/serving-answer";
import * as z from "zod";
import { sdk } from "../clients";
import { namedAs } from "../failures";
import { httpEvent, type Request } from "./event";

/** Lambda refuses a larger request. */
const MOST_BYTES = 6 * 1024 * 1024;
/** A cold start loads the model before it answers. */
const ANSWER_LIMIT_MS = 65_000;

const HttpAnswer = z.object({
  statusCode: z.number().int(),
  body: z.string().default(""),
  isBase64Encoded: z.boolean().default(false),
});

/**
 * The predict function, asked by Invoke with the events that its HTTP API sends. It is always there, and follows the
 * release by itself.
 *
 * @param url where others find it
 */
export function lambdaServing(options: {
  functionName: string;
  url: string;
  client?: LambdaClient;
}): Serving {
  const { functionName: FunctionName, url, client = sdk(LambdaClient, LIMITS) } = options;
  const hint = `See the log group /aws/lambda/${FunctionName}.`;

  async function askText(request: Request): Promise<{ status: number; text: string }> {
    const Payload = Buffer.from(JSON.stringify(httpEvent(request)));
    if (Payload.length > MOST_BYTES) throw tooLarge(request.body?.length ?? 0);
    const { Payload: bytes, FunctionError } = await client
      .send(new InvokeCommand({ FunctionName, Payload }))
      .catch((error: unknown) => {
        throw namedAs(error, "RequestTooLargeException") ? tooLarge(request.body?.length ?? 0) : error;
      });
    const text = Buffer.from(bytes ?? []).toString();
    if (FunctionError) throw unreachable(`${FunctionName} failed: ${text.slice(0, 500)}`, hint);
    const answer = HttpAnswer.safeParse(parseJson(text));
    if (!answer.success)
      throw unreachable(`${FunctionName} answered what is no HTTP: ${text.slice(0, 200)}`, hint);
    const { statusCode, body, isBase64Encoded } = answer.data;
    return { status: statusCode, text: isBase64Encoded ? Buffer.from(body, "base64").toString() : body };
  }

  async function ask(request: Request): Promise<Answer.ServingAnswer> {
    const { status, text } = await askText(request);
    return { status, body: parseJson(text) };
  }

  const ready = () =>
    ask({ method: "GET", path: "/ready" }).catch((error: unknown) => {
      if ((error as SluiceError).code === "serving.unreachable") return undefined;
      throw error; // permissions and the like do not mend themselves
    });

  return {
    async ensure() {
      const { status, body } = await ask({ method: "GET", path: "/health" });
      if (!Answer.isHealthy(body)) throw unreachable(`${FunctionName}/health answered ${status}`, hint);
      return { url };
    },

    readyVersion: async () => Answer.loadedModel((await ready())?.body),

    loaded: async () => Answer.loadedModels((await ready())?.body),

    async predict(photo, { role } = {}) {
      const headers = role && { "sluice-role": role };
      const answer = await ask({ method: "POST", path: "/predict", body: photo, headers });
      return Answer.predictionOf(answer, `${FunctionName}/predict`, hint);
    },

    /** Of the container that happens to answer: a container that did not is not counted. */
    async metrics() {
      const { status, text } = await askText({ method: "GET", path: "/metrics" });
      if (status !== 200) throw unreachable(`${FunctionName}/metrics answered ${status}`, hint);
      return [{ process: FunctionName, text }];
    },
  };
}

const LIMITS = { requestHandler: { connectionTimeout: 3_000, socketTimeout: ANSWER_LIMIT_MS } };

const unreachable = (message: string, hint: string) => new SluiceError("serving.unreachable", message, hint);

const tooLarge = (bytes: number) =>
  new SluiceError(
    "photo.too_large",
    `A photo of ${(bytes / 1e6).toFixed(1)} MB is too large for Lambda, which takes requests of 6 MB with the photo in base64`,
    "Use photos of at most 4.5 MB.",
  );
