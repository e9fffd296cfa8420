import { Evaluation, Training } from "@sluice/core";
import { imageScoring } from "@sluice/core/evaluation/testing";
import { expect, test } from "vitest";
import { diceBins, edgeBins } from "./bins";
import { type Facts, modelCard, reportPage } from "./index";

function report(images: Evaluation.PerImage[]): Evaluation.Report {
  return Evaluation.Report.parse({
    datasetVersion: "d".repeat(64),
    split: "test",
    bundleDigest: "b".repeat(64),
    images,
    ...Evaluation.summarise(images),
    latencyMs: { p50: 41, p95: 66 },
  });
}
const images = Array.from({ length: 41 }, (_, i) => {
  const slices: Evaluation.Slice[] = i % 4 === 0 ? ["dark", "tilted"] : [];
  return imageScoring(`p${i}`, 0.8 + i / 200, { slices, boundaryPx: i / 10, boundaryShare: 0.002 });
});
const epoch = { epoch: 1, loss: 0.3, validationDice: 0.9, learningRate: 0.001, seconds: 90 };
const facts: Facts = {
  job: {
    runId: "run-1",
    datasetVersion: "d".repeat(64),
    recipe: Training.Recipe.parse({}),
    champion: 3,
    codeCommit: "c0ffee",
  },
  trainedAt: "2026-01-02T03:04:05.000Z",
  report: report(images),
  champion: { number: 3, report: report(images.map((image) => ({ ...image, dice: image.dice - 0.1 }))) },
  counts: { train: 300, validation: 40, test: 40 },
  servability: { photos: 8, agreement: 1, latencyMsP95: 61, error: null },
  course: { backend: "native", networks: [{ role: "locator", epochs: [epoch, epoch], bestEpoch: 2 }] },
  overlays: [{ kind: "worst", image: images[0], jpeg: Buffer.from("a jpeg") }],
  curves: Buffer.from("a png"),
};

test("the page says what the figures are, and compares them with the champion's", () => {
  const page = reportPage(facts);
  expect(page).toContain("<strong>0.900</strong>"); // 0.8 + 20 / 200
  expect(page).toContain("champion 0.800");
  expect(page).toContain("Half of the photos score 0.900 or more; the worst ten stay at or below 0.845.");
  expect(page).toContain("it is better on 41 photos and worse on 0.");
  expect(page).toContain("on half of the photos 2.0 px or less, on nine in ten 3.6 px or less.");
  expect(page).toContain("It learned for 3.0 minutes on the native backend: the locator 2 epochs");
  expect(page).toContain("300 photos to learn from");
});

test("the page needs nothing from elsewhere", () => {
  const page = reportPage(facts);
  const addresses = [...page.matchAll(/(?:src|href)="([^"]*)"|url\(|@import|<script/g)].map(([, to]) => to);
  expect(addresses).toEqual([
    `data:image/jpeg;base64,${Buffer.from("a jpeg").toString("base64")}`,
    `data:image/png;base64,${Buffer.from("a png").toString("base64")}`,
  ]);
});

test("what others have written is text in the page, never markup", () => {
  const id = `<img src=x onerror="alert('&')">`;
  const hostile = imageScoring(id, 0.5);
  const page = reportPage({
    ...facts,
    job: { ...facts.job, codeCommit: "<script>1</script>" },
    servability: { ...facts.servability, error: "<b>no</b>" },
    overlays: [{ kind: "worst", image: hostile, jpeg: Buffer.from("a jpeg") }],
  });
  expect(page).not.toMatch(/<img src=x|<script>|<b>no/);
  expect(page).toContain("&lt;img src=x onerror=&quot;alert(&#39;&amp;&#39;)&quot;&gt;");
  expect(page).toContain("refused: &lt;b&gt;no&lt;/b&gt;");
});

test("without a champion, a course, pictures or any photo there is a page and a card, too", () => {
  const bare = { ...facts, champion: null, course: null, curves: null, overlays: [], report: report([]) };
  for (const text of [reportPage(bare), modelCard(bare)]) {
    expect(text).toContain("There is no test photo, so nothing was measured.");
    expect(text).not.toMatch(/NaN|undefined|null %|champion 0/);
  }
  const unreadable = reportPage({ ...facts, champion: { number: 3, report: null } });
  expect(unreadable).toContain("Model 3, the champion, could not be asked the same");
});

test("windows that were missed are told, and of how many nothing was marked", () => {
  const missed = [
    imageScoring("x", 0, { predictedPx: 0, precision: null, boundaryPx: null, confidence: 0 }),
    imageScoring("y", 0.4),
  ];
  const page = reportPage({ ...facts, report: report([...images, ...missed]) });
  expect(page).toContain(
    "On 2 photos it missed most of the window (a Dice below 0.5); on 1 of them it marked nothing.",
  );
});

test("the card has every kind of photo, what it is for and where it comes from", () => {
  const card = modelCard(facts);
  // Every fourth of 41 photos from 0.8 on: Dice 0.8 + 20 / 200.
  expect(card).toContain("| Dark (mean brightness below 70 of 255) | 11 | 0.900 |");
  expect(card).toContain("| Blurred (few sharp edges: variance of the Laplacian below 65) | 0 | – | – | – |");
  for (const part of ["Rotated", "Small window", "Tilted", "## Intended use", "## Limits", "`c0ffee`"]) {
    expect(card).toContain(part);
  }
});

test("every photo is in one bar", () => {
  const many = report([0, 0.799999, 0.8, 0.82, 0.98, 0.999, 1].map((dice, i) => imageScoring(`p${i}`, dice)));
  const all = Array.from({ length: 100 }, () => imageScoring("x", 0.9, { boundaryPx: 2 }));
  const bins = diceBins({ ...many, images: [...many.images, ...all] }, null);
  expect(bins.map(({ count }) => count)).toEqual([2, 1, 1, 0, 0, 0, 100, 0, 0, 0, 3]);
  const edges = edgeBins({ ...many, images: [...all, imageScoring("far", 0.1, { boundaryPx: 80 })] }, many);
  expect(edges.reduce((sum, { count }) => sum + count, 0)).toBe(101);
  expect(edges.reduce((sum, { before }) => sum + (before ?? 0), 0)).toBe(7);
  expect(edges.at(-1)).toMatchObject({ count: 1, name: "2.6 px and more" });
});
