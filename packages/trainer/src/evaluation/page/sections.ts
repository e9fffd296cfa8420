import { type Html, html } from "@sluice/core/html";
import type { Overlay } from "../overlays";
import { diceBins, edgeBins } from "./bins";
import { type Bin, histogram, reliability } from "./charts";
import type { Facts } from "./facts";
import { sliceTable } from "./slice-table";
import {
  confidenceInShort,
  edgeInShort,
  INTENDED,
  inShort,
  LIMITATIONS,
  percent,
  px,
  score,
  trainingInShort,
} from "./words";

export function distribution(facts: Facts): Html {
  const [first, ...rest] = inShort(facts);
  const bins = diceBins(facts.report, facts.champion?.report ?? null);
  return html`<section>
<h2>On every photo</h2>
<p class="lead">${first ?? ""}</p>
${rest.map((sentence) => html`<p>${sentence}</p>`)}
<figure>${histogram(bins, "Dice", "How many photos have which Dice", "1.0")}
${legend(facts, bins)}</figure>
</section>`;
}

function legend({ champion }: Facts, [first]: readonly Bin[]): Html {
  const models = champion?.report
    ? html`<figcaption><span class="key now"></span>this model <span class="key then"></span>model ${champion.number}, the champion, on the same photos</figcaption>`
    : null;
  const isLow = first?.name.startsWith("below") ?? false;
  return html`${models}${isLow ? html`<figcaption>The first bar is everything ${first?.name ?? ""}.</figcaption>` : null}`;
}

export const slices = (facts: Facts): Html => html`<section>
<h2>Where it is strong, where it is weak</h2>
<p>Some photos are harder. They are watched apart, so that a better average cannot hide that one kind got worse. A photo may be in several rows.</p>
${sliceTable(facts)}
${facts.champion?.report ? html`<p class="note">The mark on a bar is the champion’s.</p>` : null}
</section>`;

export function edges(facts: Facts): Html {
  const bins = edgeBins(facts.report, facts.champion?.report ?? null);
  return html`<section>
<h2>How well it follows the edge</h2>
<p>${edgeInShort(facts)}</p>
<figure>${histogram(bins, "px between the drawn edge and the true one", "How many photos have which boundary error")}
${legend(facts, bins)}</figure>
</section>`;
}

export const confidence = (facts: Facts): Html => html`<section>
<h2>Whether it knows when it is wrong</h2>
<div class="beside"><div>
<p>With each mask the model answers how sure it is: the mean probability of the pixels that it marked. That is right if as much of what it marked is really window.</p>
${confidenceInShort(facts).map((sentence) => html`<p>${sentence}</p>`)}
</div>
${facts.report.calibration.groups.length > 0 ? html`<figure>${reliability(facts.report.calibration)}<figcaption>A dot is a group of photos. On the line it is as sure as it is right; below it is too sure, above too modest.</figcaption></figure>` : null}
</div>
</section>`;

const BEST_SHOWN = 3;

export function pictures({ overlays }: Facts): Html {
  const worst = overlays.filter(({ kind }) => kind === "worst");
  const best = overlays.filter(({ kind }) => kind === "best").slice(0, BEST_SHOWN);
  const title = worst.length === 10 ? "The ten worst" : "The worst";
  return html`<section class="pictures">
<h2>${title}</h2>
<p>Left the whole photo with a frame, right what is in the frame, enlarged. Blue is the true window, orange what the model marks.</p>
<div class="gallery">${worst.map(picture)}</div>
${best.length > 0 ? html`<h2>And the best</h2><div class="gallery">${best.map(picture)}</div>` : null}
</section>`;
}

const picture = ({ image, jpeg }: Overlay) => html`<figure>
<img alt="${image.id}: the true window in blue, the predicted one in orange" src="data:image/jpeg;base64,${jpeg.toString("base64")}">
<figcaption><strong>${score(image.dice)}</strong> ${image.boundaryPx === null ? "no edge to compare" : `edge off by ${px(image.boundaryPx)}`}, ${image.predictedPx === 0 ? "nothing marked" : `${percent(image.confidence)} sure`} <code>${image.id}</code></figcaption>
</figure>`;

export const training = ({ course, curves }: Facts): Html | null =>
  course || curves
    ? html`<section>
<h2>How it learned</h2>
${course ? html`<p>${trainingInShort(course)}</p>` : null}
${curves ? html`<figure><img class="curves" alt="Loss and validation Dice by epoch" src="data:image/png;base64,${Buffer.from(curves).toString("base64")}"><figcaption>Loss is what training makes small; validation Dice is measured on photos that it does not learn from.</figcaption></figure>` : null}
</section>`
    : null;

export const purpose = (): Html => html`<section>
<h2>What it is for, and what not</h2>
<p>${INTENDED}</p>
<ul>${LIMITATIONS.map((limitation) => html`<li>${limitation}</li>`)}</ul>
</section>`;
