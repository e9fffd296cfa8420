import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Known } from "../split";
import type { ValidPair } from "../validation/validated";
import { merge } from "./merge";
import type { Pair } from "./pair";

const sha = (text: string) => createHash("sha256").update(text).digest("hex");
const stored = (text: string) => ({ md5: sha(text).slice(0, 32), sha256: sha(text), bytes: text.length + 1 });

const pair = (
  id: string,
  photo: string,
  mask = "mask",
  phash = sha(`phash ${photo}`).slice(0, 16),
): ValidPair => ({
  id,
  photo: stored(photo),
  mask: stored(mask),
  width: 64,
  height: 64,
  orientation: 1,
  areaPx: 400,
  brightness: 100,
  phash,
  files: { photo: `images/${id}.jpg`, mask: `masks/${id}.png` },
});

type State = { pairs: Map<string, Pair>; known: Known[] };
const EMPTY: State = { pairs: new Map(), known: [] };

function after(state: State, batch: string, incoming: readonly ValidPair[]): State {
  const { written } = merge(batch, incoming, state.pairs, state.known);
  return {
    pairs: new Map([...state.pairs, ...written.map((p) => [p.id, p] as const)]),
    known: [...state.known, ...written],
  };
}
const held = (state: State) => [...state.pairs.values()].sort((a, b) => (a.id < b.id ? -1 : 1));

test("a train pair that gets a photo near a test photo is held out with it; a test pair stays", () => {
  const near = "00000000000000ff";
  const current = new Map<string, Pair>([
    ["t", { ...pair("t", "old"), split: "train", batch: "one" }],
    ["u", { ...pair("u", "other"), split: "test", batch: "one" }],
  ]);
  const known: Known[] = [{ phash: "00000000000000fe", split: "test" }];
  const { written, rephotographed } = merge(
    "two",
    [pair("t", "new", "mask", near), pair("u", "newer")],
    current,
    known,
  );
  expect(rephotographed).toEqual(["t", "u"]);
  expect(written.map(({ id, split }) => [id, split])).toEqual([
    ["t", "test"],
    ["u", "test"],
  ]);
});

test("a replaced photo keeps its pair's split and draws a newcomer near it there", () => {
  const near = "00000000000000ff";
  for (const split of ["train", "validation", "test"] as const) {
    const current = new Map<string, Pair>([["t", { ...pair("t", "old"), split, batch: "one" }]]);
    const incoming = [pair("t", "new", "mask", near), pair("n", "newcomer", "mask", "00000000000000fe")];
    expect(merge("two", incoming, current, []).written.map((p) => p.split)).toEqual([split, split]);
  }
});

const Ids = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 20 });

test("property: batches without an id in common give one dataset in either order", () => {
  fc.assert(
    fc.property(Ids, fc.nat(20), (ids, cut) => {
      const all = ids.map((id) => pair(id, `photo ${id}`));
      const [one, two] = [all.slice(0, cut), all.slice(cut)];
      const forth = after(after(EMPTY, "one", one), "two", two);
      const back = after(after(EMPTY, "two", two), "one", one);
      expect(held(forth)).toEqual(held(back));
    }),
    { numRuns: 60 },
  );
});

const Steps = fc.array(
  fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 2 })), {
    selector: ([id]) => id,
    maxLength: 8,
  }),
  { maxLength: 6 },
);

test("property: however often it is relabelled, a pair is there once, with its last mask and its first split", () => {
  fc.assert(
    fc.property(Steps, (steps) => {
      let state = EMPTY;
      const masks = new Map<string, string>();
      const splits = new Map<string, string>();
      for (const [i, step] of steps.entries()) {
        const incoming = step.map(([id, mask]) => pair(`pair-${id}`, `photo ${id}`, `mask ${mask}`));
        state = after(state, `batch-${i}`, incoming);
        for (const [id, mask] of step) masks.set(`pair-${id}`, sha(`mask ${mask}`));
        for (const { id, split } of held(state)) splits.set(id, splits.get(id) ?? split);
      }
      expect(new Map(held(state).map((p) => [p.id, p.mask.sha256]))).toEqual(masks);
      expect(new Map(held(state).map((p) => [p.id, p.split]))).toEqual(splits);
    }),
    { numRuns: 60 },
  );
});

test("property: the same batch again writes nothing", () => {
  fc.assert(
    fc.property(Ids, (ids) => {
      const all = ids.map((id) => pair(id, `photo ${id}`));
      const state = after(EMPTY, "one", all);
      const again = merge("two", all, state.pairs, state.known);
      expect(again.written).toEqual([]);
      expect(again.unchanged).toEqual(ids);
    }),
    { numRuns: 30 },
  );
});
