import type { Size } from "@sluice/core";
import { type Architecture, type Block, layout, type Weights, weight } from "../network/weights";
import { type Convolution, foldBatchNorm, outputFirst } from "./fold";
import { type GraphBuilder, graphBuilder, imageValue } from "./graph";
import type { Graph } from "./schema";

/**
 * The U-Net for inference as an ONNX graph: `photo` [n, 3, height, width] → `logits` [n, 1, height, width].
 *
 * The trainer's tensors are NHWC, ONNX's NCHW. With a patch, SpaceToDepth and DepthToSpace (DCR) order a block's
 * pixels by row, column and then channel, as TensorFlow does.
 */
export function unetGraph(weights: Weights, architecture: Architecture & Size): Graph {
  const { width, height, patch } = architecture;
  const { encoders, decoders } = layout(architecture);
  const graph = graphBuilder("unet");
  const skips: string[] = [];
  const start = patch > 1 ? graph.add("SpaceToDepth", "patches", ["photo"], { blocksize: patch }) : "photo";
  const encoded = encoders.reduce((x, block, level) => {
    const y = doubleConvolution(graph, weights, block, x);
    if (level === encoders.length - 1) return y;
    skips.push(y);
    return graph.add("MaxPool", `${block.name}.pool`, [y], { kernel_shape: [2, 2], strides: [2, 2] });
  }, start);

  const scales = graph.constant("scales", [4], Float32Array.of(1, 1, 2, 2));
  const decoded = decoders.reduce((x, block) => {
    const up = graph.add("Resize", `${block.name}.up`, [x, "", scales], {
      mode: "linear",
      coordinate_transformation_mode: "half_pixel",
    });
    const joined = graph.add("Concat", `${block.name}.join`, [skips.pop() ?? "", up], { axis: 1 });
    return doubleConvolution(graph, weights, block, joined);
  }, encoded);

  const head = outputFirst(weight(weights, "head.kernel"));
  const bias = weight(weights, "head.bias").data;
  convolution(graph, patch > 1 ? "head" : "logits", decoded, { ...head, bias });
  if (patch > 1) graph.add("DepthToSpace", "logits", ["head"], { blocksize: patch, mode: "DCR" });
  return graph.build(imageValue("photo", [3, height, width]), imageValue("logits", [1, height, width]));
}

function doubleConvolution(graph: GraphBuilder, weights: Weights, { name }: Block, x: string): string {
  return ([1, 2] as const).reduce((input, n) => {
    const y = convolution(graph, `${name}.conv${n}`, input, foldBatchNorm(weights, name, n));
    return graph.add("Relu", `${name}.relu${n}`, [y]);
  }, x);
}

/** Stride 1, zero padding that keeps the size. */
function convolution(
  graph: GraphBuilder,
  name: string,
  x: string,
  { dims, kernel, bias }: Convolution,
): string {
  const [, , height, width] = dims;
  const [top, left] = [(height - 1) / 2, (width - 1) / 2];
  const inputs = [
    x,
    graph.constant(`${name}.kernel`, dims, kernel),
    graph.constant(`${name}.bias`, [bias.length], bias),
  ];
  return graph.add("Conv", name, inputs, { kernel_shape: [height, width], pads: [top, left, top, left] });
}
