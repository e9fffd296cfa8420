import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { Tracer } from "@aws-lambda-powertools/tracer";
import type { Context } from "aws-lambda";
import { Failure } from "../failure";

/** The step's name, which the stack gives each function: calls, logs and metrics are known by it. */
const serviceName = process.env.POWERTOOLS_SERVICE_NAME ?? "local";
// Powertools lengthens it by its own name, beyond the 50 characters that the SDK allows.
process.env.AWS_SDK_UA_APP_ID = serviceName;

export const logger = new Logger({ serviceName });
export const metrics = new Metrics({
  namespace: process.env.POWERTOOLS_METRICS_NAMESPACE ?? "Sluice",
  serviceName,
});
export const tracer = new Tracer({ serviceName });

/** What an answer adds to the metrics. */
export type Measure<R> = (answer: R, metrics: Metrics) => void;

/** Does the work of one invocation: logs how it ended, counts and times it, and draws it into the trace. */
export async function observed<R>(
  event: unknown,
  context: Context | undefined,
  measure: Measure<R> | undefined,
  work: () => Promise<R>,
): Promise<R> {
  if (context) logger.addContext(context);
  logger.resetKeys();
  logger.appendKeys({ ...idsOf(event), step: serviceName });
  const endTrace = beginTrace();
  const started = performance.now();
  const end = (outcome: "StepSucceeded" | "StepFailed") => {
    const ms = performance.now() - started;
    metrics.addMetric("StepDuration", MetricUnit.Milliseconds, ms);
    metrics.addMetric(outcome, MetricUnit.Count, 1);
    return { durationMs: Math.round(ms) };
  };
  try {
    const answer = await work();
    measure?.(answer, metrics);
    logger.info("Done", { ...end("StepSucceeded"), answer: answer as object });
    return answer;
  } catch (error) {
    const { name, message } = error as Error;
    // Under a name of its own: the logger drops a second "message".
    logger.error("Failed", { ...end("StepFailed"), fault: Failure.parse({ Error: name, Cause: message }) });
    tracer.addErrorAsMetadata(error as Error);
    throw error;
  } finally {
    metrics.publishStoredMetrics();
    endTrace();
  }
}

/** A run's id, and a part's number, wherever the log is searched. */
function idsOf(event: unknown): Record<string, unknown> {
  const { runId, part } = (event ?? {}) as { runId?: unknown; part?: unknown };
  return { ...(runId === undefined ? {} : { runId }), ...(part === undefined ? {} : { part }) };
}

function beginTrace(): () => void {
  const parent = tracer.isTracingEnabled() ? tracer.getSegment() : undefined;
  if (!parent) return () => {};
  const segment = parent.addNewSubsegment(`## ${serviceName}`);
  tracer.setSegment(segment);
  tracer.annotateColdStart();
  tracer.addServiceNameAnnotation();
  return () => {
    segment.close();
    tracer.setSegment(parent);
  };
}
