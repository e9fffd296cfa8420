import { isSluiceError } from "@sluice/core";
import type { ModelLibrary } from "../../onnx/library";
import { versionOf } from "../../onnx/library";
import type { Serving } from "../context";
import { wantedOutputs } from "./match";
import type { V2Model } from "./model";

/** A model that was trained elsewhere, by the tensors that its file names. Throws `model.not_found`. */
export async function imported(serving: Serving, library: ModelLibrary, name: string): Promise<V2Model> {
  const info = await library.find(name);
  return {
    name,
    async metadata(version) {
      const { inputs, outputs } = versionOf(info, version).signature;
      const versions = info.versions.map(({ version }) => String(version));
      return { name, versions, platform: "onnxruntime_onnx", inputs, outputs };
    },
    /** It is loaded by this, as a client that asks is about to use it. */
    isReady: (version) =>
      library
        .use(name, version, async () => true)
        .catch((error: unknown) => {
          if (isSluiceError(error) && error.code !== "model.not_found") return false;
          throw error;
        }),
    async infer(c, asked, version) {
      // Its number: another may be imported before this one's turn comes.
      const { version: number, signature } = versionOf(info, version);
      const wanted = wantedOutputs(asked, signature.outputs).map(({ name }) => name);
      const labels = { version: name, role: "champion", traffic: "live" } as const;
      c.set("answeredBy", labels);
      return serving.slots.run(() =>
        library.use(name, number, async ({ model }) => {
          const started = performance.now();
          const outputs = await model.run(asked.inputs, wanted);
          serving.metrics.predicted(labels, { seconds: (performance.now() - started) / 1000 });
          return { version: number, outputs };
        }),
      );
    },
  };
}
