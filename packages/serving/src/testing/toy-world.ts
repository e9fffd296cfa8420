import { Bundle, Release } from "@sluice/core";
import { memoryWorld } from "@sluice/core/testing/index";
import { toyBundle } from "../predictor/toy";

/** A world in memory in which toy models are released: what SLUICE_WORLD names in tests of the program. */
export async function openHostWorld() {
  const world = memoryWorld();
  await putToy(1, world);
  await Release.full({ model: 1, reason: "toy" }, world);
  return world;
}

export async function putToy(number: number, { blobs }: Pick<ReturnType<typeof memoryWorld>, "blobs">) {
  for (const [name, bytes] of Object.entries(toyBundle().files)) {
    await blobs.put(Bundle.modelPrefix(number) + name, bytes);
  }
}
