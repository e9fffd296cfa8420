import { type Random, seededRandom } from "@sluice/core/random";

/** What a drawing is made of: seeded choices. */
export interface Chance {
  between(low: number, high: number): number;
  whole(low: number, high: number): number;
  pick<T>(from: readonly [T, ...T[]]): T;
  /** True with this probability. */
  yes(probability: number): boolean;
  /** A list of `count` things, drawn one after the other. */
  many<T>(count: number, draw: (index: number) => T): T[];
  random: Random;
}

/** Each picture has its own stream, so that picture 7 is the same whether 8 or 800 are drawn. */
export function chance(seed: number, index: number): Chance {
  const random = seededRandom(Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b));
  const between = (low: number, high: number) => low + (high - low) * random();
  const whole = (low: number, high: number) => Math.floor(between(low, high + 1));
  return {
    random,
    between,
    whole,
    pick: (from) => from[whole(0, from.length - 1)] ?? from[0],
    yes: (probability) => random() < probability,
    many: (count, draw) => Array.from({ length: count }, (_, i) => draw(i)),
  };
}
