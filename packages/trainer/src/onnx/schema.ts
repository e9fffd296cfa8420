import { createRequire } from "node:module";
import type { INamespace, Root as RootType } from "protobufjs";

// createRequire: the package is CommonJS, and its light build has no name that both Node and TypeScript resolve.
const { Root } = createRequire(import.meta.url)("protobufjs/light.js") as { Root: typeof RootType };

/** ONNX's numbers for `TensorProto.data_type`. */
export const FLOAT = 1;
export const UINT8 = 2;
export type ElementType = typeof FLOAT | typeof UINT8;
/** ONNX's numbers for `AttributeProto.type`. */
export const ATTRIBUTE = { int: 2, string: 3, ints: 7 } as const;

const IR_VERSION = 8;
const OPSET = 17;

const one = (id: number, type: string) => ({ id, type });
const many = (id: number, type: string) => ({ id, type, rule: "repeated" });

/** The messages of ONNX's `onnx.proto` (IR version 8) with those fields that a U-Net needs. */
const SCHEMA: INamespace = {
  nested: {
    ModelProto: {
      fields: {
        irVersion: one(1, "int64"),
        producerName: one(2, "string"),
        producerVersion: one(3, "string"),
        graph: one(7, "GraphProto"),
        opsetImport: many(8, "OperatorSetIdProto"),
        metadataProps: many(14, "StringStringEntryProto"),
      },
    },
    GraphProto: {
      fields: {
        node: many(1, "NodeProto"),
        name: one(2, "string"),
        initializer: many(5, "TensorProto"),
        input: many(11, "ValueInfoProto"),
        output: many(12, "ValueInfoProto"),
      },
    },
    NodeProto: {
      fields: {
        input: many(1, "string"),
        output: many(2, "string"),
        name: one(3, "string"),
        opType: one(4, "string"),
        attribute: many(5, "AttributeProto"),
      },
    },
    AttributeProto: {
      fields: {
        name: one(1, "string"),
        i: one(3, "int64"),
        s: one(4, "bytes"),
        ints: many(8, "int64"),
        type: one(20, "int32"),
      },
    },
    TensorProto: {
      fields: {
        dims: many(1, "int64"),
        dataType: one(2, "int32"),
        name: one(8, "string"),
        rawData: one(9, "bytes"),
      },
    },
    ValueInfoProto: { fields: { name: one(1, "string"), type: one(2, "TypeProto") } },
    TypeProto: { fields: { tensorType: one(1, "TensorTypeProto") } },
    TensorTypeProto: { fields: { elemType: one(1, "int32"), shape: one(2, "TensorShapeProto") } },
    TensorShapeProto: { fields: { dim: many(1, "DimensionProto") } },
    DimensionProto: { fields: { dimValue: one(1, "int64"), dimParam: one(2, "string") } },
    OperatorSetIdProto: { fields: { domain: one(1, "string"), version: one(2, "int64") } },
    StringStringEntryProto: { fields: { key: one(1, "string"), value: one(2, "string") } },
  },
};

export interface Attribute {
  name: string;
  type: number;
  i?: number;
  s?: Uint8Array;
  ints?: number[];
}
export interface Node {
  opType: string;
  name: string;
  input: string[];
  output: string[];
  attribute: Attribute[];
}
export interface Initializer {
  name: string;
  dataType: typeof FLOAT;
  dims: number[];
  rawData: Uint8Array;
}
export interface Value {
  name: string;
  type: { tensorType: { elemType: ElementType; shape: { dim: Dimension[] } } };
}
type Dimension = { dimValue: number } | { dimParam: string };
export interface Graph {
  name: string;
  node: Node[];
  initializer: Initializer[];
  input: Value[];
  output: Value[];
}

/** The bytes of an `.onnx` file. */
export function encodeModel(graph: Graph, metadata: Record<string, string>): Uint8Array {
  const ModelProto = Root.fromJSON(SCHEMA).lookupType("ModelProto");
  const model = {
    irVersion: IR_VERSION,
    producerName: "sluice",
    graph,
    opsetImport: [{ domain: "", version: OPSET }],
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
  };
  return ModelProto.encode(model).finish();
}

/** What an `.onnx` file's metadata says. */
export function decodeMetadata(onnx: Uint8Array): Record<string, string> {
  const ModelProto = Root.fromJSON(SCHEMA).lookupType("ModelProto");
  const { metadataProps = [] } = ModelProto.toObject(ModelProto.decode(onnx)) as {
    metadataProps?: { key: string; value: string }[];
  };
  return Object.fromEntries(metadataProps.map(({ key, value }) => [key, value]));
}
