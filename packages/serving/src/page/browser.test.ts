import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import sharp from "sharp";
import { beforeEach, describe, expect, test } from "vitest";
import { greyPhoto, redWindow } from "../testing";
import { benchFor, findBrowser, settled, textOf, turnedWindow } from "./testing";
import { unzip } from "./unzip";

const path = findBrowser();

describe.skipIf(!path)("the predict page in a browser", () => {
  const bench = benchFor(path ?? "", { bodyBytes: 200_000 });
  beforeEach(() => {
    bench.models = { champion: { number: 3, predictor: bench.predictor }, weight: 0 };
  });

  const file = async (name: string, buffer: Promise<Uint8Array> | Uint8Array, mimeType = "image/jpeg") => ({
    name,
    mimeType,
    buffer: Buffer.from(await buffer),
  });
  const meter = () => file("meter.jpg", redWindow({ orientation: 6 }));
  const notes = () => file("notes.txt", Buffer.from("just text"), "text/plain");
  type File = Awaited<ReturnType<typeof meter>>;
  const choose = async (page: Page, ...files: File[]) => {
    await page.locator("#choose").setInputFiles(files);
    return page;
  };
  const announced = (page: Page, part: string) =>
    page.locator("#announcement", { hasText: part }).waitFor({ state: "attached" });

  test("a rotated photo is shown upright, its window outlined and cut out, with all facts", async () => {
    const page = await choose(await bench.open(), await meter());
    await settled(page, 1);

    // Upright it is 480x640 with the window from 150, 200 to 330, 300.
    const shown = await page.locator(".photo").boundingBox();
    expect(await page.locator(".outlines").boundingBox()).toEqual(shown);
    expect((shown?.width ?? 0) / (shown?.height ?? 1)).toBeCloseTo(0.75, 2);
    const [left, top, width, height] = await page.evaluate<number[]>(`(() => {
      const { x, y, width, height } = document.querySelector(".outlines .line").getBBox();
      return [x, y, width, height];
    })()`);
    for (const [found, expected] of [
      [left, 150],
      [top, 200],
      [left + width, 330],
      [top + height, 300],
    ]) {
      expect(Math.abs(found - expected)).toBeLessThan(6);
    }
    const middle = `(() => {
      const canvas = document.querySelector(".crop canvas");
      return [...canvas.getContext("2d").getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data];
    })()`;
    expect((await page.evaluate<number[]>(middle))[0]).toBeGreaterThan(240);

    expect(await textOf(page, ".state-text")).toBe("Window found");
    expect(await textOf(page, ".percent")).toMatch(/^\d\d %$/);
    expect(await textOf(page, ".model-name")).toBe("version 3, champion");
    expect(await textOf(page, "#model")).toBe("Model 3 is ready");
    expect(await textOf(page, ".size")).toBe("480 × 640 px, upright");
    expect(await textOf(page, ".window")).toMatch(/^1[78]\d × (9\d|10\d) px, [56]\.\d % of the photo$/);
    expect(await textOf(page, ".time")).toMatch(/^\d+ ms in all, \d+ ms in the model$/);
    expect(await page.locator(".save").getAttribute("download")).toBe("meter-mask.png");
    expect(await page.locator("#announcement").textContent()).toMatch(/^Window found, \d\d\s% sure\.$/);
    expect(await page.locator("#tools").isVisible()).toBe(false);
  });

  test.each([
    [25, false],
    [-70, true],
  ])("a window turned by %d degrees is cut out level", async (degrees, isSteep) => {
    const page = await choose(await bench.open(), await file("tilted.jpg", turnedWindow(degrees)));
    await settled(page, 1);
    const [, told] = /^Turned level by (\d+)°$/.exec(await textOf(page, ".turned")) ?? [];
    expect(Math.abs(Number(told) - Math.abs(degrees))).toBeLessThan(2);
    const [width, height, corner] = await page.evaluate<number[]>(`(() => {
      const canvas = document.querySelector(".crop canvas");
      const inset = 0.25 * canvas.height;
      return [canvas.width, canvas.height, canvas.getContext("2d").getImageData(inset, inset, 1, 1).data[0]];
    })()`);
    expect(width / height).toBeGreaterThan(3);
    expect(width / height).toBeLessThan(4.2);
    expect(corner).toBeGreaterThan(230); // red, so close to the corner only where it is level
    expect(await page.locator(".turn").isVisible()).toBe(isSteep);
  });

  test("several at once: one that fails stops no other, and each says what to do", async () => {
    const cut = (await redWindow()).slice(0, 900);
    const page = await choose(
      await bench.open(),
      await meter(),
      await notes(),
      await file("meter.png", redWindow({ format: "png" }), "image/png"),
      await file("cut.jpg", cut),
      await file("huge.jpg", Buffer.alloc(200_001)),
      await file("grey.png", greyPhoto(), "image/png"),
    );
    await settled(page, 6);
    expect(await textOf(page, "#count")).toBe("6 of 6 done, 3 failed");
    await announced(page, "6 photos done: window found on 2, none on 1, 3 failed.");
    const cards = await page
      .locator(".card")
      .evaluateAll((all) => all.map((card) => (card as unknown as { innerText: string }).innerText));
    expect(cards[1]).toMatch(
      /notes\.txt[\s\S]*Failed[\s\S]*notes\.txt is text\.\s+Save it as JPEG, PNG or WebP/,
    );
    expect(cards[3]).toMatch(/cut\.jpg is damaged: .+\.\s+Export it again\./);
    expect(cards[4]).toMatch(/huge\.jpg has more than 0\.2 MB\.\s+Send a smaller photo\./);
    expect(cards[5]).toMatch(/No window found[\s\S]*Try a photo that shows the whole dial/);

    const coming = page.waitForEvent("download");
    await page.locator("#save-all").click();
    const download = await coming;
    expect(download.suggestedFilename()).toBe("masks.zip");
    const names = Object.keys(await unzip(await readFile(await download.path())));
    expect(names).toEqual(["meter-mask.png", "meter-mask-2.png", "grey-mask.png"]);

    await page.locator(".card .remove").first().click();
    expect(await page.evaluate("document.activeElement.textContent")).toBe("notes.txt");
    await page.locator("#clear").click();
    expect(await page.locator(".card").count()).toBe(0);
    expect(await page.evaluate("document.activeElement.id")).toBe("choose");
  });

  test("photos can be dropped and pasted", async () => {
    const page = await bench.open();
    const photo = Buffer.from(await redWindow()).toString("base64");
    for (const [event, count] of [
      ["drop", 1],
      ["paste", 2],
    ] as const) {
      await page.evaluate(`(() => {
        const bytes = Uint8Array.from(atob("${photo}"), (char) => char.charCodeAt(0));
        const data = new DataTransfer();
        data.items.add(new File([bytes], "${event}.jpg", { type: "image/jpeg" }));
        const init = { bubbles: true, cancelable: true, dataTransfer: data, clipboardData: data };
        document.body.dispatchEvent("${event}" === "drop" ? new DragEvent("drop", init) : new ClipboardEvent("paste", init));
      })()`);
      await settled(page, count);
      expect(await textOf(page, ".card:first-child .title")).toBe(`${event}.jpg`);
    }
  });

  test("a picture that only the browser reads is sent as JPEG", async () => {
    const gif = sharp(await redWindow())
      .gif()
      .toBuffer();
    const page = await choose(await bench.open(), await file("meter.gif", gif, "image/gif"));
    await settled(page, 1);
    expect(await textOf(page, ".size")).toBe("480 × 640 px, sent as JPEG");
    expect(await textOf(page, ".state-text")).toBe("Window found");
  });

  test("while the server is busy the photo is kept, and sent again when it said", async () => {
    const page = await bench.open();
    await page.route("**/predict", (route) => {
      const error = { code: "serving.busy", message: "8 requests are being answered already", hint: "Wait." };
      return route.fulfill({ status: 429, headers: { "Retry-After": "1" }, json: { error } });
    });
    await choose(page, await meter());
    await page.locator(".hint", { hasText: "It is sent again by itself in 1 second." }).waitFor();
    expect(await textOf(page, ".state-text")).toBe("Waiting for the server");
    await page.unroute("**/predict");
    await settled(page, 1);
    expect(await textOf(page, ".state-text")).toBe("Window found");
    expect(await page.locator(".problem").isVisible()).toBe(false);
  });

  test("champion and canary are compared on the same photo while there is a canary", async () => {
    const { predictor } = bench;
    const page = await choose(await bench.open(), await meter());
    await settled(page, 1);
    expect(await page.locator("#compare").isVisible()).toBe(false);

    bench.models = { champion: { number: 3, predictor }, canary: { number: 4, predictor }, weight: 0.1 };
    await page.reload();
    await choose(page, await meter());
    await page.getByLabel("Compare with the canary, version 4").check();
    await page.locator(".answer").nth(1).waitFor();
    expect(await page.locator("h3").allInnerTexts()).toEqual(["Champion, version 3", "Canary, version 4"]);
    expect(await textOf(page, ".agreement")).toBe(
      "Their windows overlap by 100.0 % (intersection over union).",
    );
    expect(await page.locator(".outlines .line").count()).toBe(2);
    expect(await page.locator(".save").nth(1).getAttribute("download")).toBe("meter-mask-v4.png");

    await page.getByLabel("Compare with the canary").uncheck();
    await page.locator(".answer").nth(1).waitFor({ state: "detached" });
    expect(await page.locator(".answer").count()).toBe(1);
  });

  test("a comparison is with the canary of now, not with the one before", async () => {
    const { predictor } = bench;
    const models = { champion: { number: 3, predictor }, weight: 0.1 };
    bench.models = { ...models, canary: { number: 4, predictor } };
    const page = await bench.open();
    await page.clock.install();
    await page.reload();
    await choose(page, await meter());
    await page.getByLabel("Compare with the canary, version 4").check();
    await page.locator(".answer").nth(1).waitFor();

    bench.models = { ...models, canary: { number: 5, predictor } };
    await page.clock.fastForward(11_000); // the page asks every ten seconds who answers
    await page.getByLabel("Compare with the canary, version 5").waitFor();
    await page.locator("h3", { hasText: "Canary, version 5" }).waitFor();
    expect(await page.locator("h3").allInnerTexts()).toEqual(["Champion, version 3", "Canary, version 5"]);
  });

  test("it works by keyboard alone, and the focus is seen", async () => {
    const page = await bench.open();
    const chooser = page.waitForEvent("filechooser"); // before the reload, as this changes how the browser asks
    await page.reload();
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.id")).toBe("choose");
    const outline = "getComputedStyle(document.activeElement.closest('label')).outlineStyle";
    expect(await page.evaluate(outline)).toBe("solid");
    await page.keyboard.press("Enter");
    await (await chooser).setFiles([await meter()]);
    await settled(page, 1);
    const passed: string[] = [];
    for (const _ of [1, 2]) {
      await page.keyboard.press("Tab");
      passed.push(
        await page.evaluate("document.activeElement.ariaLabel || document.activeElement.textContent"),
      );
    }
    expect(passed).toEqual(["Remove meter.jpg", "Save the mask of meter.jpg"]);
    const download = page.waitForEvent("download");
    await page.keyboard.press("Enter");
    expect((await download).suggestedFilename()).toBe("meter-mask.png");
  });

  test("the API's page draws itself under the same rules", async () => {
    const page = await bench.open();
    await page.goto(`${bench.url}/docs`);
    await page.locator("#operations-predict-predict").waitFor();
    await page.locator("#operations-predict-batchPredict").waitFor();
  });
});
