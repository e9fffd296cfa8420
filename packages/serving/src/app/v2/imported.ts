import { Imported, isSluiceError } from "@sluice/core";
import type { ModelLibrary } from "../../onnx/library";
import { versionOf } from "../../onnx/library";
import type { Serving } from "../context";
import type { V2Model } from "./model";
import { matchInputs, wantedOutputs } from "./request";

/** A model that was trained elsewhere, by the tensors that its file names. Throws `model.not_found`. */
export async function imported(serving: Serving, library: ModelLibrary, name: string): Promise<V2Model> {
  const info = await library.find(name);
  return {
    name,
    async metadata() {
      const { inputs, outputs } = Imported.latest(info).signature;
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
      const started = performance.now();
      const { signature } = versionOf(info, version);
      const inputs = matchInputs(asked.inputs, signature.inputs);
      const wanted = wantedOutputs(asked, signature.outputs).map(({ name }) => name);
      const labels = { version: name, role: "champion", traffic: "live" } as const;
      c.set("answeredBy", labels);
      return serving.slots.run(() =>
        library.use(name, version, async ({ model, version }) => {
          const outputs = await model.run(inputs, wanted);
          serving.metrics.predicted(labels, { seconds: (performance.now() - started) / 1000 });
          return { version: version.version, outputs };
        }),
      );
    },
  };
}
