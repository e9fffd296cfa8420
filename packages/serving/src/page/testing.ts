import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import sharp from "sharp";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import type { Limits, Models } from "../app/deps";
import { loadPredictor, type Predictor } from "../predictor";
import { toyBundle } from "../predictor/toy";
import { type RunningServer, startServer } from "../server";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** Where this machine's Chromium is; undefined, said loudly, where there is none. */
export function findBrowser(): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const paths = folders.flatMap((folder) => NAMES.map((name) => join(folder, name)));
  const found = [process.env.CHROMIUM_PATH ?? "", ...paths].find((path) => path && existsSync(path));
  if (!found && process.env.SLUICE_REQUIRE_TOOLS)
    throw new Error("There is no Chromium: the page goes untested.");
  if (!found) {
    console.warn(
      "SKIPPED: the predict page is NOT tested, as there is no Chromium on PATH or at CHROMIUM_PATH.",
    );
  }
  return found;
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

export interface Bench {
  url: string;
  predictor: Predictor;
  /** What the server serves; a test may put something else in its place. */
  models: Models;
  /** A page at the server's address. What it writes to the console as errors, or asks of others, fails the test. */
  open(options?: BrowserContextOptions): Promise<Page>;
}

/** A browser and a server with a toy model, for a whole file of tests. */
export function benchFor(executablePath: string, limits: Partial<Limits> = {}): Bench {
  let browser: Browser;
  let server: RunningServer;
  const faults: string[] = [];
  const pages: Page[] = [];
  const bench = {
    models: { weight: 0 },
    open: async (options: BrowserContextOptions = {}) => {
      const page = await browser.newPage({ viewport: { width: 1100, height: 900 }, ...options });
      page.setDefaultTimeout(25_000); // so that a test says what it waited for
      pages.push(page);
      watch(page, server.url, faults);
      await page.goto(server.url);
      return page;
    },
  } as Bench;

  beforeAll(async () => {
    bench.predictor = await loadPredictor({ ...toyBundle({ size: 96 }), threads: 1 });
    const models = () => bench.models;
    server = await startServer({ port: 0, model: () => bench.models.champion, models, limits });
    bench.url = server.url;
    browser = await chromium.launch({ executablePath, headless: true, args: FLAGS });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await bench.predictor?.close();
  });
  afterEach(async () => {
    for (const page of pages.splice(0)) await page.close();
    expect(faults.splice(0)).toEqual([]);
  });
  return bench;
}

function watch(page: Page, url: string, faults: string[]): void {
  page.on("console", (line) => {
    // The browser itself logs answers that are errors; the tests await these.
    const isAnswer = line.text().startsWith("Failed to load resource");
    if (line.type() === "error" && !isAnswer) faults.push(line.text());
  });
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("request", (request) => {
    const isOurs = request.url().startsWith(url) || /^(blob|data):/.test(request.url());
    if (!isOurs) faults.push(`asked for ${request.url()}`);
  });
}

/** A grey JPEG of 640x480 px with a red oblong of 240x60 px in its middle, turned clockwise by so many degrees. */
export async function turnedWindow(degrees: number): Promise<Buffer> {
  const shape = { width: 240, height: 60, channels: 4 as const, background: "#ff0000" };
  const oblong = sharp({ create: shape }).rotate(degrees, { background: "#00000000" });
  const grey = sharp({ create: { width: 640, height: 480, channels: 3, background: "#808080" } });
  return grey
    .composite([{ input: await oblong.png().toBuffer() }])
    .jpeg({ quality: 92 })
    .toBuffer();
}

/** Waits until so many photos have become something, and their answers are drawn. */
export const settled = (page: Page, count: number) =>
  page
    .locator('.card[data-state="failed"], .card[data-state="done"]:has(.answer)')
    .nth(count - 1)
    .waitFor();

/** The visible text of what is found, without non-breaking spaces. */
export const textOf = async (page: Page, selector: string) =>
  (await page.locator(selector).innerText()).replaceAll("\u00a0", " ");
