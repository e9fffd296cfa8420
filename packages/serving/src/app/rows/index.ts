import { parseJson, SluiceError } from "@sluice/core";
import { createMiddleware } from "hono/factory";
import { type ModelLibrary, versionOf } from "../../onnx/library";
import { shown, type Tensor } from "../../onnx/tensor";
import { readBody, sourceOf } from "../body";
import type { AppContext, AppEnv, Serving } from "../context";
import { mediaType } from "../media-type";
import type { Account } from "../uploads";
import { type RowsAnswer, RowsRequest } from "./schemas";
import { rowsToTensors } from "./to-tensors";

/**
 * `/predict` for models of rows that were trained elsewhere: JSON in, a prediction for each row out. What is not
 * `application/json` goes on to the photos' handler.
 */
export const predictRows = (serving: Serving) =>
  createMiddleware<AppEnv>((c, next) => {
    const { library, uploads } = serving;
    if (!library || mediaType(c.req.raw) !== "application/json") return next();
    return uploads.hold((account) => answerRows(c, serving, library, account));
  });

async function answerRows(c: AppContext, serving: Serving, library: ModelLibrary, account: Account) {
  const { limits, metrics, slots } = serving;
  const body = await readBody(sourceOf(c), limits.bodyBytes, account);
  const { model: name, version: number, rows } = parse(body);
  const version = versionOf(await library.find(name), number);
  if (version.kind !== "tabular") {
    throw new SluiceError("usage.invalid", `${name} does not take rows`, `See: GET /v2/models/${name}.`);
  }
  const labels = { version: name, role: "champion", traffic: "live" } as const;
  c.set("answeredBy", labels);
  const tensors = rowsToTensors(version, rows);
  metrics.batchSize.observe(rows.length);
  const wanted = version.signature.outputs.map((output) => output.name);
  const { outputs, ms } = await slots.run(() =>
    library.use(name, version.version, async ({ model }) => {
      const started = performance.now();
      return { outputs: await model.run(tensors, wanted), ms: performance.now() - started };
    }),
  );
  metrics.predicted(labels, { seconds: ms / 1000 });
  return c.json<RowsAnswer>({
    model: name,
    model_version: version.version,
    ...describe(outputs, rows.length),
    timings_ms: { total: Math.round(ms * 10) / 10 },
  });
}

/** Throws `usage.invalid`. */
function parse(body: Buffer): RowsRequest {
  const value = parseJson(body.toString("utf8"));
  const hint = 'As in {"model": "wine", "rows": [{"alcohol": 9.4}]}.';
  if (value === undefined) throw new SluiceError("usage.invalid", "The body is no JSON", hint);
  const parsed = RowsRequest.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.slice(0, 5).map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new SluiceError("usage.invalid", faults.join("; "), hint);
}

function describe([first, ...others]: Tensor[], rows: number): Pick<RowsAnswer, "predictions" | "outputs"> {
  const predictions = byRow(first as Tensor, rows);
  if (others.length === 0) return { predictions };
  return {
    predictions,
    outputs: Object.fromEntries(others.map((other) => [other.name, byRow(other, rows)])),
  };
}

/** One value for each row, or a list where there are several. Throws for a model that answers otherwise. */
function byRow({ name, datatype, shape, values }: Tensor, rows: number): RowsAnswer["predictions"] {
  const width = values.length / rows;
  if (shape[0] !== rows || !Number.isInteger(width)) {
    throw new SluiceError("model.unsupported", `Output ${shown(name)} has no value for each row`, "Use /v2.");
  }
  const plain = Array.isArray(values)
    ? values.map((bytes) => Buffer.from(bytes).toString("utf8"))
    : Array.from(values as Iterable<number | bigint>, (value) =>
        datatype === "BOOL" ? value === 1 : toNumber(value),
      );
  if (width === 1) return plain;
  return Array.from({ length: rows }, (_, i) => plain.slice(i * width, (i + 1) * width));
}

/** What JSON has no number for is null; whole numbers beyond 2^53 are rounded. */
const toNumber = (value: number | bigint) => (Number.isFinite(Number(value)) ? Number(value) : null);
