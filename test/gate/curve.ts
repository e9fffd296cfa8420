import { readFileSync, writeFileSync } from "node:fs";
import { GatePolicy } from "@sluice/core";
import { plot } from "./plot";
import { rates } from "./rates";
import { realScores } from "./scores";
import { curveTable, tradeTable } from "./tables";
import type { Setting } from "./trial";

/**
 * Measures the gate's error rates and writes them into docs/gate.md and docs/gate-power.svg:
 *
 *     npx tsx test/gate/curve.ts [trials]
 */
const DOCS = new URL("../../docs/", import.meta.url);
const PHOTOS = [15, 30, 60, 120, 240, 480];
const IMPROVEMENTS = [-0.01, -0.005, 0, 0.005, 0.01, 0.015, 0.02, 0.03];
const POLICIES = [
  { probability: 0.9, differenceCap: 0.1 },
  { probability: 0.95, differenceCap: 0.1 },
  { probability: 0.975, differenceCap: 0.1 },
  { probability: 0.9, differenceCap: 1 },
  { probability: 0.95, differenceCap: 1 },
].map((changed) => GatePolicy.parse(changed));

const LONE_FAILURES = 0.01;

const trials = Number(process.argv[2] ?? 1_000);
const scores = realScores();
const asked = (setting: Setting, policy: GatePolicy) =>
  rates(scores, setting, policy, { trials, seed: setting.photos });

const policy = GatePolicy.parse({});
const curve = IMPROVEMENTS.map((improvement) => ({
  improvement,
  cells: PHOTOS.map((photos) => {
    const found = asked({ photos, improvement }, policy);
    console.error(`${photos} photos, ${improvement}: ${found.promoted} of ${trials}`);
    return { photos, ...found };
  }),
}));
const [equal, better] = [0, 0.01].map((improvement) => ({ photos: 120, improvement }));
const trade = POLICIES.map((policy) => ({
  policy,
  equal: asked(equal, policy),
  better: asked(better, policy),
  equalFailing: asked({ ...equal, loneFailures: LONE_FAILURES }, policy),
  betterFailing: asked({ ...better, loneFailures: LONE_FAILURES }, policy),
}));

const page = new URL("gate.md", DOCS);
const measured = [curveTable(curve, policy, scores), tradeTable(trade, policy)].join("\n\n");
const between = /(<!-- measured -->\n).*?(<!-- \/measured -->)/s;
writeFileSync(
  page,
  readFileSync(page, "utf8").replace(between, (_, from, to) => `${from}${measured}\n${to}`),
);
writeFileSync(new URL("gate-power.svg", DOCS), plot(curve));
console.log(measured);
