import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { LoadedModel } from "../app/deps";
import type { Predictor } from "../predictor";
import { type RunningServer, startServer } from "../server";
import { greyPhoto, redWindow, toyPredictor } from "../testing";

const browserPath = [
  process.env.CHROMIUM_PATH ?? "",
  ...(process.env.PATH ?? "")
    .split(delimiter)
    .flatMap((folder) => ["chromium", "chromium-browser", "google-chrome"].map((name) => join(folder, name))),
].find((path) => path && existsSync(path));
if (!browserPath) {
  console.warn(
    "SKIPPED: the predict page is NOT tested, as there is no Chromium on PATH or at CHROMIUM_PATH.",
  );
}

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

describe.skipIf(!browserPath)("the predict page in a browser", () => {
  let browser: Browser;
  let predictor: Predictor;
  let server: RunningServer;
  let folder: string;
  let model: LoadedModel | undefined;
  let page: Page;
  let faults: string[];

  beforeAll(async () => {
    predictor = await toyPredictor();
    server = await startServer({ port: 0, model: () => model, limits: { bodyBytes: 200_000 } });
    browser = await chromium.launch({ executablePath: browserPath, headless: true, args: FLAGS });
    folder = await mkdtemp(join(tmpdir(), "sluice-page-"));
    await writeFile(join(folder, "meter.jpg"), await redWindow({ orientation: 6 }));
    await writeFile(join(folder, "grey.png"), await greyPhoto());
    await writeFile(join(folder, "notes.txt"), "just text");
    await writeFile(join(folder, "huge.jpg"), Buffer.alloc(200_001));
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await predictor?.close();
    if (folder) await rm(folder, { recursive: true });
  });

  beforeEach(async () => {
    model = { number: 3, predictor };
    faults = [];
    page = await browser.newPage({ viewport: { width: 1100, height: 900 } });
    page.on("console", (line) => {
      // The browser itself logs answers that are errors; these are awaited below.
      if (line.type() === "error" && !line.text().startsWith("Failed to load resource"))
        faults.push(line.text());
    });
    page.on("pageerror", (error) => faults.push(String(error)));
    page.on("request", (request) => {
      const isOurs = request.url().startsWith(server.url) || /^(blob|data):/.test(request.url());
      if (!isOurs) faults.push(`asked for ${request.url()}`);
    });
  });
  afterEach(async () => {
    await page.close();
    expect(faults).toEqual([]);
  });

  const text = (selector: string) => page.locator(selector).innerText();
  const choose = (name: string) => page.locator("#choose").setInputFiles(join(folder, name));
  const says = (part: string) => page.locator("#status", { hasText: part }).waitFor();
  /** Red, green, blue and opacity of a canvas at a share of its width and height. */
  const pixel = (canvas: string, x: number, y: number) =>
    page.evaluate<number[]>(`(() => {
      const canvas = document.querySelector("${canvas}");
      const at = [Math.round(${x} * canvas.width), Math.round(${y} * canvas.height)];
      return [...canvas.getContext("2d").getImageData(...at, 1, 1).data];
    })()`);

  test("a rotated photo is shown upright, its window marked and cut out", async () => {
    await page.goto(server.url);
    await choose("meter.jpg");
    await says("Window found");

    // Upright it is 480x640 with the window from 150, 200 to 330, 300: 0.31 to 0.69 across, 0.31 to 0.47 down.
    const photo = await page.locator("#photo").boundingBox();
    const overlay = await page.locator("#overlay").boundingBox();
    expect(overlay).toEqual(photo);
    expect((photo?.width ?? 0) / (photo?.height ?? 1)).toBeCloseTo(0.75, 2);
    expect((await pixel("#overlay", 0.5, 0.39))[3]).toBe(0);
    expect((await pixel("#overlay", 0.34, 0.335))[3]).toBe(0);
    expect((await pixel("#overlay", 0.66, 0.445))[3]).toBe(0);
    for (const [x, y] of [
      [0.1, 0.1],
      [0.5, 0.6],
      [0.25, 0.39],
      [0.75, 0.39],
    ]) {
      expect((await pixel("#overlay", x, y))[3]).toBeGreaterThan(100);
    }
    const [red, green, blue, opacity] = await pixel("#overlay", 0.5, 199 / 640);
    expect(opacity).toBeGreaterThan(200);
    expect(green).toBeGreaterThan(150);
    expect(blue).toBeGreaterThan(red);
    expect((await pixel("#crop", 0.5, 0.5))[0]).toBeGreaterThan(240);

    expect(await text("#status")).toMatch(/^Window found, \d\d % sure\.$/);
    expect(await text("#version")).toBe("version 3");
    expect(await text("#model")).toBe("Model 3 is ready");
    expect(await text("#size")).toBe("480 × 640 px, upright");
    expect(await text("#window")).toMatch(/^1\d\d × 1?\d\d px, [56]\.\d % of the photo$/);
    expect(await text("#time")).toMatch(/^\d+ ms in all, \d+ ms in the model$/);
    expect(await page.locator("#mask").getAttribute("download")).toBe("meter-mask.png");
  });

  test("a file that is no photo is refused with the server's words, and the next one works", async () => {
    await page.goto(server.url);
    await choose("notes.txt");
    await page.locator("#error").waitFor();
    expect(await text("#error-message")).toBe("notes.txt is text.");
    expect(await text("#error-hint")).toBe("Save it as JPEG, PNG or WebP; its name does not matter.");
    expect(await page.locator("#result").isVisible()).toBe(false);

    await choose("huge.jpg");
    await page.locator("#error-message", { hasText: "huge.jpg has more than 0.2 MB." }).waitFor();

    await choose("grey.png");
    await says("No window found.");
    expect(await page.locator("#error").isVisible()).toBe(false);
    expect(await page.locator("#crop-figure").isVisible()).toBe(false);
    expect(await text("#window")).toBe("none found");
  });

  test("a photo can be dropped and pasted", async () => {
    await page.goto(server.url);
    const send = (event: string) =>
      page.evaluate(`(async () => {
        const bytes = Uint8Array.from(atob("${photo}"), (char) => char.charCodeAt(0));
        const data = new DataTransfer();
        data.items.add(new File([bytes], "${event}.jpg", { type: "image/jpeg" }));
        const init = { bubbles: true, cancelable: true, dataTransfer: data, clipboardData: data };
        document.body.dispatchEvent("${event}" === "drop" ? new DragEvent("drop", init) : new ClipboardEvent("paste", init));
      })()`);
    const photo = Buffer.from(await redWindow()).toString("base64");
    for (const event of ["drop", "paste"]) {
      await send(event);
      await page.locator("#photo-name", { hasText: `${event}.jpg` }).waitFor();
      await says("Window found");
    }
  });

  test("while no model is ready it says so, keeps the photo and tries again by itself", async () => {
    model = undefined;
    await page.goto(server.url);
    await page.locator("#model", { hasText: "No model is loaded yet. Asking again by itself…" }).waitFor();
    await choose("meter.jpg");
    await page.locator("#error-message", { hasText: "No model is loaded yet." }).waitFor();
    model = { number: 4, predictor };
    await says("Window found");
    expect(await text("#model")).toBe("Model 4 is ready");
    expect(await page.locator("#error").isVisible()).toBe(false);
  });

  test("it works by keyboard alone, and the focus is seen", async () => {
    const chooser = page.waitForEvent("filechooser"); // before it loads, as this changes how the browser asks
    await page.goto(server.url);
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.id")).toBe("choose");
    const outline = "getComputedStyle(document.activeElement.closest('label')).outlineStyle";
    expect(await page.evaluate(outline)).toBe("solid");
    await page.keyboard.press("Enter");
    await (await chooser).setFiles(join(folder, "meter.jpg"));
    await says("Window found");
    for (let i = 0; i < 3; i++) {
      await page.keyboard.press("Tab");
      if ((await page.evaluate("document.activeElement.id")) === "mask") break;
    }
    const download = page.waitForEvent("download");
    await page.keyboard.press("Enter");
    expect((await download).suggestedFilename()).toBe("meter-mask.png");
  });

  test("nothing overflows on a phone", async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    await page.goto(server.url);
    await choose("meter.jpg");
    await says("Window found");
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(360);
  });

  test("the API's page draws itself under the same rules", async () => {
    await page.goto(`${server.url}/docs`);
    await page.locator("#operations-predict-predict").waitFor();
    await page.locator("#operations-predict-batchPredict").waitFor();
  });
});
