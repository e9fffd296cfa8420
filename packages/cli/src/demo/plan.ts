import type { Settings } from "@sluice/core/settings/index";
import type * as z from "zod";

type Recipe = NonNullable<z.input<typeof Settings>["recipe"]>;

/** The drawn pairs: how many are pushed first and second, and how many are spoilt for the third push. */
export const DRAWN = { seed: 20, first: 120, second: 40, spoilt: 8 };

/** How much of a folder's pairs is pushed first, and by which shuffle. */
export const FOLDER = { seed: 1, firstShare: 0.9 };

const SECONDS = {
  /** Two trainings, so that the whole demo takes at most 5 minutes on 2 cores. */
  native: 90,
  /** Two trainings, so that it takes at most 12. */
  wasm: 230,
  /** Two trainings on a folder's photos, so that it takes at most 25: the second goes on from the first. */
  folder: 840,
};

/** A small quick recipe for drawn photos. */
export const drawnRecipe = (backend: "native" | "wasm"): Recipe => ({
  size: 128,
  patch: 2,
  base: 12,
  epochs: 40,
  refiner: { width: 128, height: 64, base: 12, levels: 3, epochs: 40 },
  budgetSeconds: SECONDS[backend],
  seed: 1,
  backend,
});

/** The default recipe for real photos, with a limit. */
export const folderRecipe = (): Recipe => ({ budgetSeconds: SECONDS.folder });
