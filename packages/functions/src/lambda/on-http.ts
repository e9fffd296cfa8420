import { MetricUnit } from "@aws-lambda-powertools/metrics";
import type { Context } from "aws-lambda";
import type { Hono } from "hono";
import { handle } from "hono/aws-lambda";
import { logger, metrics } from "./observed";

type Event = Parameters<ReturnType<typeof handle>>[0];

/**
 * A web app behind an HTTP API. What it writes or predicts (every POST) is counted and timed; pages are not.
 *
 * @param open gets the app ready; it is asked before each request
 */
export function onHttp(open: (event: Event) => Promise<Pick<Hono, "fetch">>) {
  return async (event: Event, context?: Context) => {
    if (context) logger.addContext(context);
    const started = performance.now();
    const app = await open(event);
    const answer = await handle(app as Hono)(event, context as never);
    if (methodOf(event) === "POST") count(answer.statusCode, performance.now() - started);
    return answer;
  };
}

function count(status: number, ms: number): void {
  metrics.addMetric("Requests", MetricUnit.Count, 1);
  metrics.addMetric("Errors", MetricUnit.Count, status >= 500 ? 1 : 0);
  metrics.addMetric("Latency", MetricUnit.Milliseconds, ms);
  metrics.publishStoredMetrics();
}

const methodOf = ({ requestContext }: Event): string | undefined =>
  "http" in requestContext ? requestContext.http.method : undefined;
