export { type Backend, type BackendName, loadBackend, type Tf } from "./backend";
export { readJob, trainJob } from "./job";
export { forwardInference } from "./network/inference";
export {
  BATCH_NORM_EPSILON,
  initialWeights,
  type Weight,
  type Weights,
  weightSpecs,
  weightsDigest,
} from "./network/weights";
export type { TrainerWorld, TrainOptions } from "./world";
