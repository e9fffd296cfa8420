import { type Html, html } from "@sluice/core/html";
import type { Facts } from "./facts";
import { headline } from "./headline";
import { confidence, distribution, edges, pictures, purpose, slices, training } from "./sections";
import { STYLE } from "./style";
import { count, percent, splitSizes } from "./words";

/** The evaluation as one page that needs nothing from elsewhere: no network, no script, no file beside it. */
export function reportPage(facts: Facts): string {
  const { job, report } = facts;
  const page = html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${`How good is the model of ${job.runId}?`}</title>
<style>${{ markup: STYLE }}</style>
<main>
<header>
<p class="kicker">Evaluation of run <code>${job.runId}</code></p>
<h1>How good is the model?</h1>
<p class="lead">It was asked ${count(report.images.length, "photo")} that it has never learned from, and every answer was compared with the true mask, pixel by pixel, at the photo’s own size. ${comparison(facts)}</p>
</header>
${headline(facts)}
${[distribution(facts), slices(facts), edges(facts), confidence(facts), pictures(facts)]}
${training(facts)}
${purpose()}
${origin(facts)}
</main>
</html>
`;
  return page.markup;
}

function comparison({ champion }: Facts): string {
  if (!champion) return "There was no model before it to compare with.";
  if (!champion.report)
    return `Model ${champion.number}, the champion, could not be asked the same, so nothing is compared.`;
  return `Model ${champion.number}, the champion, was asked the same.`;
}

function origin(facts: Facts): Html {
  const { job, counts, trainedAt, report, servability } = facts;
  const rows: [string, Html][] = [
    ["Run", code(job.runId)],
    ["Trained", html`${trainedAt.slice(0, 16).replace("T", " ")} UTC`],
    ["Code", code(job.codeCommit)],
    ["Dataset version", code(job.datasetVersion)],
    ["Its photos", html`${splitSizes(counts)}`],
    ["Model", code(report.bundleDigest)],
    ["Asked through the API", html`${servedAs(servability)}`],
  ];
  return html`<section class="origin">
<h2>Where it comes from</h2>
<table><tbody>${rows.map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`)}</tbody></table>
<details><summary>The recipe</summary><pre>${JSON.stringify(job.recipe, null, 2)}</pre></details>
<p class="note">All of this as data, photo by photo: <code>evaluation.json</code>. Whether the model was promoted is the gate’s word: <code>npx sluice runs show ${job.runId}</code>.</p>
</section>`;
}

const code = (text: string) => html`<code>${text}</code>`;

function servedAs({ photos, agreement, latencyMsP95, error }: Facts["servability"]): string {
  if (error !== null) return `refused: ${error}`;
  return `${count(photos, "photo")}: at least ${percent(agreement, 3)} of the pixels are as in training, 19 of 20 answers came within ${Math.round(latencyMsP95)} ms`;
}
