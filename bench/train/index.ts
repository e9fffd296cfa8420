import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { RECIPES } from "@sluice/core/training/recipes";
import { locatorPlan, type NetworkPlan, refinerPlan } from "@sluice/trainer/training/network-plan";
import { median, spread } from "../statistics";
import { raceToDice } from "./race";
import { pythonWithTorch } from "./venv";

const USAGE = `npm run bench:train -- [--rounds N] [--data DIR [--minutes M] [--dice D]]

Times a training step of the default recipe's networks against the same step in PyTorch (channels_last, two threads)
and on wasm, in turn. With photos (DIR/images, DIR/masks) also trains both ways: the reference project's recipe in PyTorch for M
minutes (default 15), ours for 1, 2, 4, 8 and 15, and says which of them reached a Dice of D (default 0.85).`;

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const STEPS = 14;
const WARM_UP = 4;

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    data: { type: "string" },
    minutes: { type: "string", default: "15" },
    dice: { type: "string", default: "0.85" },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (values.help) {
  console.log(USAGE);
  process.exit();
}

const python = pythonWithTorch();
const { default: recipe, reference } = RECIPES;
const plans: [string, NetworkPlan | null][] = [
  ["locator", locatorPlan(recipe)],
  ["refiner", refinerPlan(recipe)],
  ["reference", { ...locatorPlan(reference), loss: "cross_entropy_and_dice", optimizer: "adamw" }],
];
const rounds = Number(values.rounds);
console.log("median ms of a step, in turn; ratio: theirs / ours (over 1: ours is faster)\n");
console.log("network    input    batch    ours    other         ratio  (of the rounds)");
for (const [name, plan] of plans) {
  if (plan) compare(name, plan, "PyTorch", (plan) => peerStep(plan), rounds);
}
compare("locator", locatorPlan(recipe), "ours on wasm", (plan) => ownStep(plan, "wasm"), rounds);
if (values.data) await raceToDice({ ...values, data: values.data, python });

/** One line of the table: ours and another, `rounds` times in turn. */
function compare(
  name: string,
  plan: NetworkPlan,
  otherName: string,
  other: (plan: NetworkPlan) => number,
  rounds: number,
): void {
  const pairs = Array.from({ length: rounds }, () => ({ ours: ownStep(plan, "native"), other: other(plan) }));
  const ratios = pairs.map((pair) => pair.other / pair.ours);
  const [ours, theirs] = [median(pairs.map((p) => p.ours)), median(pairs.map((p) => p.other))];
  const cells = [
    name.padEnd(10),
    `${plan.width}x${plan.height}`.padEnd(8),
    String(plan.batchSize).padStart(5),
    ours.toFixed(0).padStart(7),
    theirs.toFixed(0).padStart(8),
    otherName.padEnd(13),
    median(ratios).toFixed(2),
    ` (${spread(ratios)})`,
  ];
  console.log(cells.join(" "));
}

function ownStep(plan: NetworkPlan, backend: "native" | "wasm"): number {
  const args = ["--import", "tsx", here("steps.ts"), JSON.stringify(plan), String(STEPS), backend];
  return lastSteps(execFileSync(process.execPath, args, { encoding: "utf8" }));
}

function peerStep(plan: NetworkPlan): number {
  const args = [here("peer.py"), "step", JSON.stringify(plan), String(STEPS)];
  return lastSteps(execFileSync(python, args, { encoding: "utf8" }));
}

/** Median of the steps after the first few, which pay for allocation and set-up. */
function lastSteps(printed: string): number {
  return median((JSON.parse(printed) as number[]).slice(WARM_UP));
}
