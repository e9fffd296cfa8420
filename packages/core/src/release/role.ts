import * as z from "zod";
import { sha256 } from "../digest";

/** Which of the two models answers a request. */
export const Role = z.enum(["champion", "canary"]);
export type Role = z.infer<typeof Role>;

/** Hex digits that decide: 2^32 places. */
const DIGITS = 8;

/**
 * Whose a request is, by a hash of its id: the same id has the same role at one weight, in every process, and those
 * of a smaller weight stay the canary's at a larger one.
 *
 * @param weight share of requests that the canary answers, 0..1
 */
export function roleOf(requestId: string, { weight }: { weight: number }): Role {
  const place = Number.parseInt(sha256(requestId).slice(0, DIGITS), 16) / 16 ** DIGITS;
  return place < weight ? "canary" : "champion";
}
