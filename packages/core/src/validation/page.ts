import { type Html, html } from "../html";
import type { Fault, Report } from "./report";

/** The report as one page without anything from elsewhere. */
export function reportPage({ batch, masks, pairs, accepted, faults, warnings }: Report): string {
  const verdict = accepted ? "accepted" : "rejected";
  const policy = masks === "reject" ? "grey masks are refused" : "grey masks are cut at 127";
  const page = html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Batch ${batch}: ${verdict}</title>
<style>${{ markup: STYLE }}</style>
<main>
<h1>Batch <code>${batch}</code> is <b class="${verdict}">${verdict}</b></h1>
<p>${count(pairs, "pair")} without a fault, ${count(faults.length, "fault")}, ${count(warnings.length, "warning")}; ${policy}.</p>
${accepted ? null : html`<p>Nothing of it is in the dataset. Mend the files below and push the batch again.</p>`}
${section("Faults", faults)}
${section("Warnings", warnings)}
</main>
</html>
`;
  return page.markup;
}

const count = (n: number, noun: string) => `${n} ${noun}${n === 1 ? "" : "s"}`;

function section(title: string, faults: readonly Fault[]): Html | null {
  if (faults.length === 0) return null;
  const codes = [...new Set(faults.map(({ code }) => code))].sort();
  const groups = codes.map((code) =>
    group(
      code,
      faults.filter((fault) => fault.code === code),
    ),
  );
  return html`<h2>${title}</h2>
${groups}`;
}

function group(code: string, faults: readonly Fault[]): Html {
  const rows = faults.map(
    ({ file, message, hint }) =>
      html`<tr><td><code>${file}</code></td><td>${message}</td><td>${hint}</td></tr>`,
  );
  return html`<h3>${code} <small>${count(faults.length, "time")}</small></h3>
<table><tr><th>File</th><th>What is wrong</th><th>What to do</th></tr>
${rows}
</table>`;
}

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { margin: 0 } main { max-width: 64rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.5rem } h3 { margin-bottom: .25rem } small { font-weight: normal; opacity: .7 }
.accepted { color: #1a7f37 } .rejected { color: #cf222e }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #8884; overflow-wrap: anywhere }
td:first-child { width: 32% }
`;
