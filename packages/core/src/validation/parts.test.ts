import { buffer } from "node:stream/consumers";
import sharp from "sharp";
import { beforeAll, describe, expect, test } from "vitest";
import yazl from "yazl";
import { drawnMask, drawnPhoto, uploaded } from "../dataset/testing";
import type { Blobs } from "../ports";
import { memoryWorld } from "../testing";
import { Group, type Outline } from "./findings";
import * as Validation from "./index";

const REQUEST = { batch: "b", runId: "b-1", masks: "threshold" as const };

async function inParts(pairsPerPart: number, blobs: Blobs): Promise<number> {
  const { parts } = await Validation.plan({ batch: "b", runId: "b-1", pairsPerPart }, { blobs });
  // The last first: they come in any order.
  for (const part of [...Array(parts).keys()].reverse())
    await Validation.inspectPart({ ...REQUEST, part }, { blobs });
  await Validation.mergeParts(REQUEST, { blobs });
  return parts;
}
const written = async (blobs: Blobs) => {
  const keys = await blobs.list("reports/b/");
  const read = async (key: string) => {
    const text = (await blobs.get(key)).toString();
    return [key, key.endsWith(".json") ? JSON.parse(text) : text] as const;
  };
  return Object.fromEntries(await Promise.all(keys.map(read)));
};

/** Ten ids with all that can be wrong, across whatever parts they come to lie in. */
let faulty: Record<string, Buffer>;
let sound: Record<string, Buffer>;
beforeAll(async () => {
  const mask = await drawnMask(20, 20);
  const photo = await drawnPhoto(1);
  sound = {};
  for (const id of ["a", "b", "c", "d", "e"]) {
    sound[`images/${id}.png`] = await drawnPhoto(id.charCodeAt(0));
    sound[`masks/${id}.png`] = mask;
  }
  faulty = {
    ...sound,
    "images/f.png": photo,
    "masks/f.png": mask,
    "images/z.webp": await sharp(photo).webp({ lossless: true }).toBuffer(),
    "masks/z.png": mask,
    "images/lone.png": await drawnPhoto(7),
    "masks/other.png": mask,
    "images/A.png": await drawnPhoto(8),
    "masks/b.jpg": await sharp(mask).jpeg().toBuffer(),
    "masks/d.png": await sharp(mask).resize(60, 60).png().toBuffer(),
    "images/e.png": (sound["images/e.png"] ?? mask).subarray(0, 99),
    "images/notes.txt": Buffer.from("x"),
  };
});

function zipped(files: Record<string, Buffer>): Promise<Buffer> {
  const zip = new yazl.ZipFile();
  for (const [name, body] of Object.entries(files)) zip.addBuffer(body, name);
  zip.end();
  return buffer(zip.outputStream);
}

describe.each([1, 3, 1_000])("in parts of %i ids", (pairsPerPart) => {
  test.each([
    ["faulty", () => faulty, [10, 4, 1]],
    ["sound", () => sound, [5, 2, 1]],
    ["empty", () => ({}), [1, 1, 1]],
  ] as const)("a %s batch gives what it gives as a whole", async (name, files, counts) => {
    for (const asZip of [false, true]) {
      const [whole, parted] = [memoryWorld().blobs, memoryWorld().blobs];
      for (const blobs of [whole, parted]) {
        if (asZip) await blobs.put("incoming/b.zip", await zipped(files()));
        else await uploaded("b", files(), blobs);
      }
      const expected = await Validation.validate({ batch: "b", masks: "threshold" }, { blobs: whole });
      expect(expected.accepted).toBe(name === "sound");

      const parts = await inParts(pairsPerPart, parted);
      expect(parts).toBe(counts[[1, 3, 1_000].indexOf(pairsPerPart)]);
      expect(await written(parted)).toEqual(await written(whole));
    }
  });
});

test("the same photo, an id twice and a lone photo are found though they lie in other parts", async () => {
  const { blobs } = memoryWorld();
  await uploaded("b", faulty, blobs);
  await inParts(1, blobs);
  const { faults } = await Validation.report({ batch: "b" }, { blobs });
  expect(faults.map(({ code, file }) => `${code} ${file}`).sort()).toEqual(
    [
      "duplicate_id images/a.png",
      "duplicate_id masks/b.png",
      "photo_unpaired images/A.png",
      "photo_unpaired images/lone.png",
      "mask_unpaired masks/other.png",
      "same_photo images/z.webp",
      "size_mismatch masks/d.png",
      "truncated images/e.png",
    ].sort(),
  );
});

test("a zip that is none rejects its batch", async () => {
  const { blobs } = memoryWorld();
  await blobs.put("incoming/b.zip", "no zip");
  expect(await inParts(3, blobs)).toBe(1);
  expect(await Validation.report({ batch: "b" }, { blobs })).toMatchObject({
    accepted: false,
    faults: [{ code: "zip_damaged", file: "b.zip" }],
  });
});

test("asked again, the plan is the one that was made, and a part is not looked at twice", async () => {
  const { blobs } = memoryWorld();
  await uploaded("b", sound, blobs);
  await inParts(3, blobs);
  const before = await written(blobs);
  for (const name of Object.keys(sound)) await blobs.remove(`incoming/b/${name}`);
  expect(await inParts(1, blobs)).toBe(2);
  expect(await written(blobs)).toEqual(before);
});

test("a part that nobody looked at is no part without faults", async () => {
  const { blobs } = memoryWorld();
  await uploaded("b", sound, blobs);
  await Validation.plan({ batch: "b", runId: "b-1", pairsPerPart: 3 }, { blobs });
  await Validation.inspectPart({ ...REQUEST, part: 0 }, { blobs });
  await expect(Validation.mergeParts(REQUEST, { blobs })).rejects.toMatchObject({
    code: "blob.missing",
    message: expect.stringContaining("findings/00001.json"),
  });
});

test("of however many pairs the state machine carries less than 256 KB", async () => {
  const names = Array.from({ length: 100_000 }, (_, i) => `meter-${String(i).padStart(7, "0")}.png`);
  const parts = new Map<string, string>();
  const blobs: Blobs = {
    ...memoryWorld().blobs,
    has: async (key) => key.endsWith("_SUCCESS"),
    list: async (prefix) => ["images", "masks"].flatMap((at) => names.map((n) => `${prefix}${at}/${n}`)),
    put: async (key, body) => Boolean(parts.set(key, String(body))),
  };
  const plan = await Validation.plan({ batch: "b", runId: "b-1", pairsPerPart: 10 }, { blobs });
  expect(plan.parts).toBe(Validation.MAX_PARTS);
  expect(JSON.stringify([...Array(plan.parts).keys()]).length).toBeLessThan(16_000);
  const lists = [...parts].filter(([key]) => key.includes("/names/")).sort(([a], [b]) => (a < b ? -1 : 1));
  const ids = lists.flatMap(([, json]) =>
    Group.array()
      .parse(JSON.parse(json))
      .map(({ id }) => `${id}.png`),
  );
  expect(ids).toEqual(names);
  const outline = JSON.parse(parts.get("validation/b-1/plan.json") ?? "") as Outline;
  expect(outline).toEqual({ ids: 100_000, faults: [], warnings: [], parts: 2_000 });
}, 60_000);
