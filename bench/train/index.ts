import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { RECIPES } from "@sluice/core/training/recipes";
import { locatorPlan, type NetworkPlan, refinerPlan } from "@sluice/trainer/training/network-plan";
import { median, spread } from "../statistics";
import { raceToDice } from "./race";
import { pythonWithTorch } from "./venv";

const USAGE = `npm run bench:train -- [--rounds N] [--data DIR [--minutes M] [--dice D]]

Times a training step of the default recipe's networks against the same step in PyTorch (channels_last, two threads),
in turn. With photos (DIR/images, DIR/masks) also trains both ways: the reference project's recipe in PyTorch for M
minutes (default 15), ours to its end, and says when each reached a validation Dice of D (default 0.85).`;

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
console.log("median ms of a step, in turn; ratio: PyTorch / ours (over 1: ours is faster)\n");
console.log("network      input      batch    ours  PyTorch   ratio   least..greatest of the rounds' ratios");
for (const [name, plan] of plans) if (plan) compare(name, plan, Number(values.rounds));
if (values.data) await raceToDice({ ...values, data: values.data, python });

/** One line of the table. */
function compare(name: string, plan: NetworkPlan, rounds: number): void {
  const pairs = Array.from({ length: rounds }, () => ({ ours: ownStep(plan), peer: peerStep(plan) }));
  const ratios = pairs.map(({ ours, peer }) => peer / ours);
  const [ours, peer] = [median(pairs.map((p) => p.ours)), median(pairs.map((p) => p.peer))];
  const size = `${plan.width}x${plan.height}`;
  console.log(
    `${name.padEnd(12)} ${size.padEnd(10)} ${String(plan.batchSize).padStart(5)} ${ours.toFixed(0).padStart(7)} ` +
      `${peer.toFixed(0).padStart(8)} ${median(ratios).toFixed(2).padStart(7)}   ${spread(ratios)}`,
  );
}

function ownStep(plan: NetworkPlan): number {
  const args = ["--import", "tsx", here("steps.ts"), JSON.stringify(plan), String(STEPS)];
  return lastSteps(execFileSync(process.execPath, args, { encoding: "utf8" }));
}

function peerStep(plan: NetworkPlan): number {
  return lastSteps(
    execFileSync(python, [here("peer.py"), "step", JSON.stringify(plan), String(STEPS)], {
      encoding: "utf8",
    }),
  );
}

/** Median of the steps after the first few, which pay for allocation and set-up. */
const lastSteps = (printed: string) => median((JSON.parse(printed) as number[]).slice(WARM_UP));
