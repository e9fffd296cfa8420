import type { Tf } from "../backend";
import { openKernels } from "../kernels";
import { fields } from "../network/flat";
import { differentiate } from "../network/gradient";
import { forwardFolded } from "../network/inference";
import { byName, tensorsOf } from "../network/tensors";
import { layout } from "../network/weights";
import type { Replica } from "./replica";

/** This process as a replica. */
export function inProcess(tf: Tf): Replica {
  const kernels = openKernels(tf);
  return {
    async differentiate(lesson, { parameters }, batch, into) {
      differentiate(kernels, lesson, parameters, batch, into);
    },

    async predict(network, { parameters, statistics }, { input, inputShape }) {
      const specs = fields(network);
      const all = [...specs.parameters, ...specs.statistics];
      const logits = tf.tidy(() => {
        const tensors = [
          ...tensorsOf(tf, parameters, specs.parameters),
          ...tensorsOf(tf, statistics, specs.statistics),
        ];
        return forwardFolded(tf, layout(network), byName(all, tensors), tf.tensor4d(input, inputShape));
      });
      const values = logits.dataSync<"float32">().slice();
      logits.dispose();
      return values;
    },

    close: () => {},
  };
}
