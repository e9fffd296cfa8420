import fs from "node:fs/promises";
import path from "node:path";
import { Bundle, Photo } from "@sluice/core";
import { type LocalPredictor, loadPredictor, look, type Network } from "@sluice/serving/predictor/index";

/** A photo, and what each network was asked on the way to its mask, in turn. */
export interface Recorded {
  photo: Uint8Array;
  asked: [Network, Uint8Array][];
}

/** @param folder a model bundle's */
export async function loadFolder(folder: string, threads: number): Promise<LocalPredictor> {
  const files: Record<string, Buffer> = {};
  for (const file of await fs.readdir(folder)) files[file] = await fs.readFile(path.join(folder, file));
  const bundle = Bundle.Bundle.parse(JSON.parse(files[Bundle.MODEL_JSON].toString("utf8")));
  return loadPredictor({ bundle, files, threads });
}

export async function record({ networks, bundle }: LocalPredictor, photo: Uint8Array): Promise<Recorded> {
  const asked: Recorded["asked"] = [];
  const [first, refiner] = networks.map(
    (network): Network =>
      (pixels) => {
        asked.push([network, pixels]);
        return network(pixels);
      },
  );
  await look(await Photo.view(photo, "a photo"), bundle, [first, refiner]);
  return { photo, asked };
}

/** Decodes a photo and asks the networks for it once more, and nothing else. */
export async function decodeAndAsk({ asked }: Pick<Recorded, "asked">, photo: Uint8Array): Promise<void> {
  await Photo.view(photo, "a photo");
  for (const [network, pixels] of asked) await network(pixels);
}
