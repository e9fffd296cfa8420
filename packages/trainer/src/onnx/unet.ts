import type { Size } from "@sluice/core";
import { type Architecture, type Block, layout, type Weights, weight } from "../network/weights";
import { type Convolution, foldBatchNorm, outputFirst } from "./fold";
import { type GraphBuilder, graphBuilder, value } from "./graph";
import { FLOAT, type Graph, UINT8 } from "./schema";

/**
 * The U-Net for inference as an ONNX graph: `pixels` uint8 [n, height, width, 3] → `probabilities` float32
 * [n, 1, height, width]. What a decoder gives goes in, so that whoever serves it has no arithmetic of his own to do.
 *
 * The trainer's tensors are NHWC, ONNX's convolutions NCHW. With a patch, SpaceToDepth and DepthToSpace (DCR) order a
 * block's pixels by row, column and then channel, as TensorFlow does.
 */
export function unetGraph(weights: Weights, architecture: Architecture & Size): Graph {
  const { width, height, patch } = architecture;
  const { encoders, decoders } = layout(architecture);
  const graph = graphBuilder("unet");
  const skips: string[] = [];
  const photo = photoOf(graph, "pixels");
  const start = patch > 1 ? graph.add("SpaceToDepth", "patches", [photo], { blocksize: patch }) : photo;
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
  graph.add("Sigmoid", "probabilities", ["logits"]);
  return graph.build(
    value("pixels", UINT8, [height, width, 3]),
    value("probabilities", FLOAT, [1, height, width]),
  );
}

/** Bytes, NHWC, to 0..1, NCHW. */
function photoOf(graph: GraphBuilder, pixels: string): string {
  const planes = graph.add("Transpose", "planes", [pixels], { perm: [0, 3, 1, 2] });
  const floats = graph.add("Cast", "floats", [planes], { to: FLOAT });
  return graph.add("Div", "photo", [floats, graph.constant("white", [], Float32Array.of(255))]);
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
