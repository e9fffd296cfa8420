import { readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { BrowserContextOptions, Page } from "playwright-core";
import { beforeEach, describe, expect, test } from "vitest";
import { redWindow } from "../testing";
import { benchFor, findBrowser, settled, textOf, turnedWindow } from "./testing";

const path = findBrowser();
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** A folder of real photos (JPEG), which no project of ours may hold. */
const realPhotos = process.env.SLUICE_TEST_PHOTOS;
if (!realPhotos)
  console.warn("SKIPPED: the page with real photos, as SLUICE_TEST_PHOTOS names no folder of them.");

const DESKTOP: BrowserContextOptions = { viewport: { width: 1100, height: 900 } };
const PHONE: BrowserContextOptions = {
  viewport: { width: 360, height: 740 },
  hasTouch: true,
  isMobile: true,
};

describe.skipIf(!path)("the predict page", () => {
  const bench = benchFor(path ?? "");
  beforeEach(() => {
    const { predictor } = bench;
    bench.models = { champion: { number: 3, predictor }, canary: { number: 4, predictor }, weight: 0.1 };
  });

  const choose = async (page: Page) => {
    const notes = { name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("just text") };
    const meter = { name: "meter.jpg", mimeType: "image/jpeg", buffer: Buffer.from(await redWindow()) };
    const steep = { name: "steep.jpg", mimeType: "image/jpeg", buffer: await turnedWindow(80) };
    await page.locator("#choose").setInputFiles([meter, notes, steep]);
    await settled(page, 3);
    await page.locator("#compare").check();
    await page.locator(".answer").nth(3).waitFor();
  };

  test.each([
    ["light", DESKTOP],
    ["dark", DESKTOP],
    ["light", PHONE],
    ["dark", PHONE],
  ] as const)("axe finds no fault in the %s one (%o)", async (colorScheme, device) => {
    const page = await bench.open({ ...device, colorScheme });
    expect(await faultsOf(page)).toEqual([]);
    await choose(page);
    expect(await faultsOf(page)).toEqual([]);
  });

  test("on a phone nothing overflows, a photo can be taken, and fingers hit what they mean", async () => {
    const page = await bench.open(PHONE);
    expect(await page.locator("#camera").getAttribute("capture")).toBe("environment");
    await page.getByText("Take a photo").waitFor();
    await choose(page);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(360);
    const small = await page.evaluate<string[]>(`[...document.querySelectorAll(".button, .remove, .switch")]
      .filter((one) => one.checkVisibility())
      .filter((one) => Math.min(one.offsetWidth, one.offsetHeight) < 44)
      .map((one) => one.textContent)`);
    expect(small).toEqual([]);
  });

  test("nothing moves for those who asked for that", async () => {
    const page = await bench.open({ reducedMotion: "reduce" });
    await page.route("**/predict", () => undefined); // never answered
    await page
      .locator("#choose")
      .setInputFiles({ name: "a.jpg", mimeType: "image/jpeg", buffer: Buffer.from(await redWindow()) });
    await page.locator('.card[data-state="asking"]').waitFor();
    const animation = "getComputedStyle(document.querySelector('.photo')).animationName";
    expect(await page.evaluate(animation)).toBe("none");
    await page.emulateMedia({ reducedMotion: "no-preference" });
    expect(await page.evaluate(animation)).toBe("breathe");
  });

  test("without a model, and while the server is away or busy, the photo is kept and sent again", async () => {
    bench.models = { weight: 0 };
    const page = await bench.open();
    await page.locator("#model", { hasText: "No model is loaded yet. Asking again by itself…" }).waitFor();
    await page.locator("#choose").setInputFiles({
      name: "meter.jpg",
      mimeType: "image/jpeg",
      buffer: Buffer.from(await redWindow()),
    });
    await page.locator(".hint", { hasText: "Your photo is sent again as soon as there is one." }).waitFor();
    let asked = 0;
    await page.route("**/predict", (route) => {
      if (++asked === 1) return route.abort("connectionrefused");
      const error = { code: "serving.busy", message: "8 requests are being answered already", hint: "Wait." };
      return route.fulfill({ status: 429, headers: { "Retry-After": "1" }, json: { error } });
    });
    bench.models = { champion: { number: 4, predictor: bench.predictor }, weight: 0 };
    await page.locator(".message", { hasText: "The server does not answer." }).waitFor();
    await page.locator(".hint", { hasText: "It is sent again by itself in 1 second." }).waitFor();
    expect(await textOf(page, ".state-text")).toBe("Waiting for the server");
    await page.unroute("**/predict");
    await settled(page, 1);
    expect(await textOf(page, ".state-text")).toBe("Window found");
    expect(await textOf(page, "#model")).toBe("Model 4 is ready");
    expect(await page.locator(".problem").isVisible()).toBe(false);
  });

  test("a busy server is asked eight times at most; then a person decides", async () => {
    const page = await bench.open();
    let asked = 0;
    await page.route("**/predict", (route) => {
      asked++;
      const error = {
        code: "serving.busy",
        message: "8 requests are being answered already",
        hint: "Try again.",
      };
      return route.fulfill({ status: 429, headers: { "Retry-After": "1" }, json: { error } });
    });
    await page
      .locator("#choose")
      .setInputFiles({ name: "a.jpg", mimeType: "image/jpeg", buffer: Buffer.from(await redWindow()) });
    await settled(page, 1);
    expect(asked).toBe(8);
    expect(await textOf(page, ".message")).toBe("8 requests are being answered already.");
    await page.unroute("**/predict");
    await page.getByRole("button", { name: "Try a.jpg again" }).click();
    await page.locator(".answer").waitFor();
  });

  test.skipIf(!realPhotos)("real photos are shown upright, whatever the model makes of them", async () => {
    const names = (await readdir(realPhotos ?? "")).filter((name) => /\.jpe?g$/i.test(name)).slice(0, 6);
    const files = await Promise.all(
      names.map(async (name) => ({
        name,
        mimeType: "image/jpeg",
        buffer: await readFile(join(realPhotos ?? "", name)),
      })),
    );
    const page = await bench.open();
    await page.locator("#choose").setInputFiles(files);
    await settled(page, files.length);
    expect(await textOf(page, "#count")).toBe(`${files.length} of ${files.length} done`);
    const shapes = await page.evaluate<
      [number, number][]
    >(`[...document.querySelectorAll(".card")].map((card) => {
      const [width, height] = card.querySelector(".size").textContent.match(/\\d+/g).map(Number);
      const { naturalWidth, naturalHeight } = card.querySelector(".photo");
      return [width / height, naturalWidth / naturalHeight];
    })`);
    for (const [told, shown] of shapes) expect(told).toBeCloseTo(shown, 2);
  });
});

/** What axe-core says against the page, by WCAG 2.2 AA and its own advice. */
async function faultsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const { violations } = await page.evaluate<{
    violations: { id: string; nodes: { html: string; failureSummary: string }[] }[];
  }>(`axe.run(document, { runOnly: ${JSON.stringify(tags)} })`);
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
  );
}
