/** Every error a person may see. The part before the dot is its kind: see `exitCodes` (CLI) and `httpStatus`. */
export const ERROR_CODES = [
  "usage.invalid",
  "usage.not_found",
  "usage.wrong_method",
  "request.malformed",
  "request.too_slow",
  "request.headers_too_large",
  "request.too_many_files",
  "input.unreadable",
  "input.tensor_invalid",
  "input.row_invalid",
  "batch.incomplete",
  "batch.rejected",
  "batch.zip_unsafe",
  "photo.unreadable",
  "photo.too_large",
  "photo.unsupported",
  "dataset.not_found",
  "dataset.corrupt",
  "dataset.too_small",
  "model.not_found",
  "model.corrupt",
  "model.not_ready",
  "model.never_promoted",
  "model.not_onnx",
  "model.external_data",
  "model.unsupported",
  "model.too_large",
  "model.name_taken",
  "run.not_found",
  "run.not_resumable",
  "run.failed",
  "host.busy",
  "host.lost",
  "host.no_capacity",
  "host.backend_missing",
  "training.collapsed",
  "training.diverged",
  "training.failed",
  "release.smoke_failed",
  "release.conflict",
  "gate.not_evaluable",
  "serving.busy",
  "serving.body_too_large",
  "serving.unreachable",
  "world.locked",
  "world.conflict",
  "world.credentials",
  "world.denied",
  "world.misconfigured",
  "world.throttled",
  "world.unreachable",
  "blob.missing",
  "blob.conflict",
  "document.invalid",
  "forge.failed",
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/**
 * What happened, to which file or resource, and what to do about it.
 *
 * @example throw new SluiceError("photo.unreadable", "images/a.jpg is truncated", "Export it again.")
 */
export class SluiceError extends Error {
  override readonly name = "SluiceError";
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly hint: string = "",
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export const isSluiceError = (error: unknown): error is SluiceError =>
  error instanceof Error && error.name === "SluiceError" && "code" in error;
