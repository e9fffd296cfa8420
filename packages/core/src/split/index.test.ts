import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { assign, type Known, splitOf } from "./index";
import { NEAR_BITS, nearGroups, phashDistance } from "./near";

const sha = (text: string) => createHash("sha256").update(text).digest("hex");
const photo = (name: string, phash = sha(`phash ${name}`).slice(0, 16)) => ({
  phash,
  photoSha256: sha(name),
});

/** The hash with some of its 64 bits turned over. */
function flipped(phash: string, bits: readonly number[]): string {
  const word = bits.reduce((w, bit) => w ^ (1n << BigInt(bit)), BigInt(`0x${phash}`));
  return word.toString(16).padStart(16, "0");
}

test("the first eight digits of the photo's hash decide: 80, 10 and 10 percent", () => {
  const rest = "0".repeat(56);
  expect(splitOf(`00000000${rest}`)).toBe("train");
  expect(splitOf(`cccccccc${rest}`)).toBe("train"); // 0.79999...
  expect(splitOf(`cccccccd${rest}`)).toBe("validation");
  expect(splitOf(`e6666666${rest}`)).toBe("validation"); // 0.89999...
  expect(splitOf(`e6666667${rest}`)).toBe("test");
  expect(splitOf(`ffffffff${rest}`)).toBe("test");
});

test("ten thousand photos part as meant", () => {
  const counts = { train: 0, validation: 0, test: 0 };
  for (let i = 0; i < 10_000; i++) counts[splitOf(sha(`photo ${i}`))] += 1;
  expect(Math.abs(counts.train - 8_000)).toBeLessThan(160); // four standard deviations
  expect(Math.abs(counts.validation - 1_000)).toBeLessThan(120);
  expect(Math.abs(counts.test - 1_000)).toBeLessThan(120);
});

const A = "0123456789abcdef";

test("near-duplicates of a batch share the split of the smallest photo hash", () => {
  const train = { phash: A, photoSha256: `00${"0".repeat(62)}` };
  const held = { phash: flipped(A, [3, 40]), photoSha256: `ff${"0".repeat(62)}` };
  expect(assign([held], [])).toEqual(["test"]);
  expect(assign([held, train], [])).toEqual(["train", "train"]);
  expect(assign([train, held], [])).toEqual(["train", "train"]);
});

test("a near-duplicate of a held-out photo is held out with it, test before validation before train", () => {
  const newcomer = { phash: A, photoSha256: `00${"0".repeat(62)}` };
  const known = (split: Known["split"], bit: number): Known => ({ phash: flipped(A, [bit]), split });
  expect(assign([newcomer], [known("validation", 1)])).toEqual(["validation"]);
  expect(assign([newcomer], [known("train", 0), known("validation", 1)])).toEqual(["validation"]);
  expect(assign([newcomer], [known("test", 63), known("train", 0), known("validation", 1)])).toEqual([
    "test",
  ]);
});

test("nearness passes on from photo to photo", () => {
  const chain = [0, 6, 12, 18].map((n) =>
    flipped(
      A,
      Array.from({ length: n }, (_, bit) => bit),
    ),
  );
  const newcomers = chain.slice(0, 3).map((phash, i) => ({ phash, photoSha256: sha(`photo ${i}`) }));
  const known: Known[] = [{ phash: chain[3] ?? A, split: "test" }];
  expect(phashDistance(chain[0] ?? A, chain[3] ?? A)).toBe(18);
  expect(assign(newcomers, known)).toEqual(["test", "test", "test"]);
});

const Phash = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((n) => n.toString(16).padStart(16, "0"));
const Bits = fc.uniqueArray(fc.integer({ min: 0, max: 63 }), { maxLength: 9 });
/** Hashes, some of them a few bits from another. */
const Hashes = fc
  .array(fc.tuple(Phash, fc.array(Bits, { maxLength: 3 })), { minLength: 1, maxLength: 12 })
  .map((families) => families.flatMap(([h, kin]) => [h, ...kin.map((bits) => flipped(h, bits))]));

test("property: the bands find just the groups that comparing all with all finds", () => {
  fc.assert(
    fc.property(Hashes, (hashes) => {
      const { groupOf } = nearGroups(
        hashes.map((phash) => ({ phash })),
        [],
      );
      const group = hashes.map((_, i) => i);
      for (let changed = true; changed; ) {
        changed = false;
        for (const [i, a] of hashes.entries()) {
          for (const [j, b] of hashes.entries()) {
            const [gi = 0, gj = 0] = [group[i], group[j]];
            if (phashDistance(a, b) > NEAR_BITS || gi <= gj) continue;
            group[i] = gj;
            changed = true;
          }
        }
      }
      for (const i of hashes.keys()) {
        for (const j of hashes.keys()) {
          expect(groupOf(i) === groupOf(j)).toBe(group[i] === group[j]);
        }
      }
    }),
    { numRuns: 60 },
  );
});

test("property: a photo without a near-duplicate has its split whatever comes with it, in any order and parts", () => {
  const names = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 2, maxLength: 30 });
  fc.assert(
    fc.property(names, fc.array(fc.nat(), { minLength: 30, maxLength: 30 }), fc.nat(30), (all, keys, cut) => {
      const alone = new Map(all.map((name) => [name, assign([photo(name)], [])[0]]));
      const order = [...all.keys()].sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0));
      const shuffled = order.map((i) => all[i] ?? "");
      const [first, second] = [shuffled.slice(0, cut), shuffled.slice(cut)];
      const one = assign(
        first.map((name) => photo(name)),
        [],
      );
      const known = first.map((name, i) => ({ phash: photo(name).phash, split: one[i] ?? "train" }));
      const two = assign(
        second.map((name) => photo(name)),
        known,
      );
      expect([...one, ...two]).toEqual(shuffled.map((name) => alone.get(name)));
    }),
    { numRuns: 60 },
  );
});

test("property: what is near a test photo is never trained on", () => {
  fc.assert(
    fc.property(Phash, fc.array(Bits, { maxLength: 20 }), Hashes, (h, kin, others) => {
      const known: Known[] = [
        { phash: h, split: "test" },
        ...others.map((phash) => ({ phash, split: "train" as const })),
      ];
      const newcomers = kin.map((bits, i) => ({ phash: flipped(h, bits), photoSha256: sha(`photo ${i}`) }));
      const splits = assign(newcomers, known);
      for (const [i, bits] of kin.entries()) if (bits.length <= NEAR_BITS) expect(splits[i]).toBe("test");
    }),
    { numRuns: 60 },
  );
});
