import type { Tensor } from "../../onnx/tensor";
import type { AppContext } from "../context";
import type { Asked } from "./request";
import type { ModelMetadata } from "./schemas";

export interface Answered {
  version: number;
  /** All, or those asked for. */
  outputs: Tensor[];
}

/** A model as the Open Inference Protocol sees it. */
export interface V2Model {
  name: string;
  /** Of this version; undefined: of the one that answers. Throws `model.not_found`. */
  metadata(version: number | undefined): Promise<ModelMetadata>;
  isReady(version: number | undefined): Promise<boolean>;
  /** Throws `input.tensor_invalid`, `model.not_found`, `model.not_ready`, `serving.busy`, and what the model does. */
  infer(c: AppContext, asked: Asked, version: number | undefined): Promise<Answered>;
}
