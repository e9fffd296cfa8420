import {
  ATTRIBUTE,
  type Attribute,
  type ElementType,
  FLOAT,
  type Graph,
  type Initializer,
  type Node,
  type Value,
} from "./schema";

type AttributeValue = number | string | number[];

/** Builds a graph node by node; each call answers the name of the node's output. */
export function graphBuilder(name: string) {
  const node: Node[] = [];
  const initializer: Initializer[] = [];
  return {
    /** A float32 constant, as convolution weights are. */
    constant(constantName: string, dims: number[], data: Float32Array): string {
      const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      initializer.push({ name: constantName, dataType: FLOAT, dims, rawData });
      return constantName;
    },
    add(opType: string, output: string, input: string[], attributes: Record<string, AttributeValue> = {}) {
      const attribute = Object.entries(attributes).map(([key, value]) => toAttribute(key, value));
      node.push({ opType, name: output, input, output: [output], attribute });
      return output;
    },
    build: (input: Value, output: Value): Graph => ({
      name,
      node,
      initializer,
      input: [input],
      output: [output],
    }),
  };
}
export type GraphBuilder = ReturnType<typeof graphBuilder>;

function toAttribute(name: string, value: AttributeValue): Attribute {
  if (typeof value === "number") return { name, type: ATTRIBUTE.int, i: value };
  if (typeof value === "string") return { name, type: ATTRIBUTE.string, s: Buffer.from(value) };
  return { name, type: ATTRIBUTE.ints, ints: value };
}

/** An input or output [n, ...dims] of any n. */
export const value = (name: string, elemType: ElementType, dims: number[]): Value => ({
  name,
  type: {
    tensorType: {
      elemType,
      shape: { dim: [{ dimParam: "n" }, ...dims.map((dimValue) => ({ dimValue }))] },
    },
  },
});
