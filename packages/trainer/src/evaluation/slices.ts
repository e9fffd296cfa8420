import { CloseUp, type Dataset, type Evaluation } from "@sluice/core";
import { sharpness } from "./sharpness";

/** The limits themselves are outside of a slice. */
export const LIMITS = {
  /** Mean brightness of the photo, 0..255. */
  brightness: 70,
  /** See `sharpness`. A tenth of the 987 photos that docs/evaluation.md speaks of is below. */
  sharpness: 65,
  /** Share of the photo that the window covers. */
  area: 0.01,
  /** The window's long side against the photo's rows. */
  tiltDegrees: 10,
};

/** What a photo and its true mask are like. */
export interface Conditions extends Pick<Dataset.Pair, "orientation" | "brightness"> {
  sharpness: number;
  area: number;
  tiltDegrees: number;
}

/** The parts of the test split that a photo belongs to. */
export function slicesOf(photo: Conditions): Evaluation.Slice[] {
  const slices: Evaluation.Slice[] = [];
  if (photo.orientation !== 1) slices.push("rotated");
  if (photo.brightness < LIMITS.brightness) slices.push("dark");
  if (photo.sharpness < LIMITS.sharpness) slices.push("blurred");
  if (photo.area < LIMITS.area) slices.push("small_window");
  if (photo.tiltDegrees > LIMITS.tiltDegrees) slices.push("tilted");
  return slices;
}

/** @param truth [height * width] of the upright photo, non-zero is foreground. Throws `photo.unreadable`. */
export async function conditionsOf(
  pair: Dataset.Pair,
  photo: Uint8Array,
  truth: Uint8Array,
): Promise<Conditions> {
  const { orientation, brightness, areaPx, width, height } = pair;
  const window = CloseUp.largestArea(new Float32Array(truth), pair, 1);
  const angle = window ? CloseUp.outlineOf(truth, window, pair).angle : 0;
  return {
    orientation,
    brightness,
    sharpness: await sharpness(photo, pair.id),
    area: areaPx / (width * height),
    tiltDegrees: (Math.abs(angle) * 180) / Math.PI,
  };
}

/** Finds a pair's slices, and remembers them for the next model that is asked the same photos. */
export function sliceFinder() {
  const known = new Map<string, Evaluation.Slice[]>();
  return async (pair: Dataset.Pair, photo: Uint8Array, truth: Uint8Array): Promise<Evaluation.Slice[]> => {
    const slices = known.get(pair.id) ?? slicesOf(await conditionsOf(pair, photo, truth));
    known.set(pair.id, slices);
    return slices;
  };
}
