import { createRequire } from "node:module";

/** Whether tests may ask native TensorFlow; where they cannot, they say loudly what is not tested. */
export const nativeIsThere = ((): boolean => {
  try {
    createRequire(import.meta.url)("@tensorflow/tfjs-node");
    return true;
  } catch {
    return false;
  }
})();
