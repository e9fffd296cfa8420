import { createApp } from "@sluice/serving/app/index";
import { type FollowEvent, follow } from "@sluice/serving/follow/index";
import { openLibrary } from "@sluice/serving/onnx/library";
import { logger } from "./observed";
import { onHttp } from "./on-http";
import { blobs, clock, documents } from "./ports";

/** A container looks so often whether another model is released; a request may wait for that. */
const CHECK_MS = 3_000;
/** Lambda takes 6 MB, with a photo in base64. */
const PHOTO_BYTES = 4_400_000;
/** The masks must fit into an answer of 6 MB. */
const BATCH_PHOTOS = 16;

const made = () => {
  const world = { blobs: blobs(), documents: documents(), clock: clock() };
  const { model, models, state, check } = follow(world, { pollMs: 0, report });
  const limits = { bodyBytes: PHOTO_BYTES, batchBytes: PHOTO_BYTES, batchPhotos: BATCH_PHOTOS };
  const log = (line: string) => logger.error(line);
  const library = openLibrary(world);
  return { app: createApp({ model, models, state, library, clock: world.clock, limits, log }), check };
};
let serving: ReturnType<typeof made> | undefined;
let checkedAt = 0;

function report(event: FollowEvent): void {
  if (event.kind === "loaded")
    logger.info("A model serves", { model: event.model, ms: Math.round(event.ms) });
  else logger.error("A model does not serve", { fault: event.problem });
}

/** The predicting app of the container on the host, on whatever model is released; it serves while the host sleeps. */
export const handler = onHttp(async () => {
  serving ??= made();
  if (Date.now() - checkedAt > CHECK_MS) {
    await serving.check();
    checkedAt = Date.now();
  }
  return serving.app;
});
