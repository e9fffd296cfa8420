import { MetricUnit } from "@aws-lambda-powertools/metrics";
import type { Context } from "aws-lambda";
import type { Env, Hono } from "hono";
import { handle } from "hono/aws-lambda";
import { logger, metrics } from "./observed";

type Event = Parameters<ReturnType<typeof handle>>[0];
type Answer = Awaited<ReturnType<ReturnType<typeof handle>>>;

/** Lambda sends 6 MB, and the answer is JSON around its body. */
const ANSWER_BYTES = 6 * 2 ** 20;

/**
 * A web app behind an HTTP API. What it writes or predicts (every POST) is counted and timed; pages are not.
 *
 * @param open gets the app ready; it is asked before each request
 */
export function onHttp<E extends Env>(open: (event: Event) => Promise<Pick<Hono<E>, "fetch">>) {
  return async (event: Event, context?: Context) => {
    if (context) logger.addContext(context);
    const started = performance.now();
    const app = await open(event);
    const answer = refuseOversize(event, await handle(app as Hono<E>)(event, context as never));
    if (methodOf(event) === "POST") count(answer.statusCode, performance.now() - started);
    return answer;
  };
}

/** What Lambda would not send, which the gateway would turn into a 500 that says nothing. */
function refuseOversize(event: Event, answer: Answer): Answer {
  if (answer.body.length < ANSWER_BYTES / 4) return answer; // however much of it JSON escapes
  const bytes = Buffer.byteLength(JSON.stringify(answer));
  if (bytes <= ANSWER_BYTES) return answer;
  const message = `The answer has ${(bytes / 1e6).toFixed(1)} MB, and Lambda sends at most 6`;
  const hint = "Ask for less at once, for another form of it, or ask a container.";
  const isV2 = "rawPath" in event && event.rawPath.startsWith("/v2/");
  const error = isV2 ? `${message}. ${hint}` : { code: "serving.body_too_large", message, hint };
  const headers = { ...answer.headers, "content-type": "application/json" };
  delete headers["content-length"];
  return { ...answer, statusCode: 413, headers, body: JSON.stringify({ error }), isBase64Encoded: false };
}

function count(status: number, ms: number): void {
  metrics.addMetric("Requests", MetricUnit.Count, 1);
  metrics.addMetric("Errors", MetricUnit.Count, status >= 500 ? 1 : 0);
  metrics.addMetric("Latency", MetricUnit.Milliseconds, ms);
  metrics.publishStoredMetrics();
}

const methodOf = ({ requestContext }: Event): string | undefined =>
  "http" in requestContext ? requestContext.http.method : undefined;
