import { readEnv } from "@sluice/aws/env";
import { lambdaServing } from "@sluice/aws/serving/index";
import { s3Uploads } from "@sluice/aws/uploads/index";
import { createControlApp } from "@sluice/control/index";
import { logger } from "./observed";
import { onHttp } from "./on-http";
import { blobs, clock, documents } from "./ports";
import { runs } from "./runs-port";

type App = ReturnType<typeof createControlApp>;
let app: App | undefined;

/** @param host the API's own name: the predicting app is beside it */
function open(host: string): App {
  const { bucket, predictFunction, stage } = readEnv(["bucket", "predictFunction", "stage"]);
  return createControlApp({
    world: { blobs: blobs(), documents: documents(), clock: clock() },
    runs: runs(),
    uploads: s3Uploads({ bucket }),
    serving: lambdaServing({ functionName: predictFunction, url: `https://${host}` }),
    home: stage,
    log: ({ level, message, ...details }) => logger[level](message, details),
  });
}

/** The control API. The bucket's own events start the runs of complete batches. */
export const handler = onHttp(async ({ requestContext }) => {
  app ??= open("domainName" in requestContext ? (requestContext.domainName ?? "") : "");
  return app;
});
