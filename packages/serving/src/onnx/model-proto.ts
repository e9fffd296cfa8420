import { type Field, fields } from "./wire";

/** What is read of an ONNX file before a runtime is trusted with it (onnx/onnx.proto, ModelProto). */
export interface ModelProto {
  irVersion: number;
  producer: string;
  /** Operator sets by domain; that of ONNX itself is `ai.onnx`. */
  opsets: Record<string, number>;
  metadata: Record<string, string>;
  /** A tensor lies in another file. */
  hasExternalData: boolean;
}

/** Which fields of which message hold messages that tensors lie in. */
const INSIDE: Record<string, Record<number, string>> = {
  model: { 7: "graph", 20: "training", 25: "function" },
  training: { 1: "graph", 2: "graph" },
  function: { 7: "node", 11: "attribute" },
  graph: { 1: "node", 5: "tensor", 15: "sparse" },
  node: { 5: "attribute" },
  attribute: { 5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse" },
  sparse: { 1: "tensor", 2: "tensor" },
};
const TENSOR = { externalData: 13, dataLocation: 14 };
const DEEPEST = 100;

/** Throws `RangeError` where the bytes are no ONNX model. */
export function readModelProto(bytes: Uint8Array): ModelProto {
  const model: ModelProto = {
    irVersion: 0,
    producer: "",
    opsets: {},
    metadata: {},
    hasExternalData: hasExternal("model", bytes, 0),
  };
  let hasGraph = false;
  for (const field of fields(bytes)) {
    if (field.number === 1) model.irVersion = field.int ?? 0;
    else if (field.number === 2 || field.number === 3) model.producer += `${text(field)} `;
    else if (field.number === 7) hasGraph = true;
    else if (field.number === 8) {
      const [domain, version] = pair(field, 1, 2);
      model.opsets[(domain && text(domain)) || "ai.onnx"] = version?.int ?? 0;
    } else if (field.number === 14) {
      const [key, value] = pair(field, 1, 2);
      if (key) model.metadata[text(key)] = value ? text(value) : "";
    }
  }
  if (!hasGraph || model.irVersion < 1) throw new RangeError("it has no graph");
  return { ...model, producer: model.producer.trim().slice(0, 200) };
}

function hasExternal(kind: string, message: Uint8Array, depth: number): boolean {
  if (depth > DEEPEST) throw new RangeError("its graphs lie too deep in each other");
  for (const { number, int, bytes } of fields(message)) {
    if (kind === "tensor") {
      if (number === TENSOR.externalData || (number === TENSOR.dataLocation && int === 1)) return true;
      continue;
    }
    const inner = INSIDE[kind]?.[number];
    if (inner && bytes && hasExternal(inner, bytes, depth + 1)) return true;
  }
  return false;
}

const text = ({ bytes }: Field) => Buffer.from(bytes ?? []).toString("utf8");

function pair({ bytes = new Uint8Array() }: Field, first: number, second: number) {
  const found = [...fields(bytes)];
  return [first, second].map((number) => found.find((field) => field.number === number));
}
