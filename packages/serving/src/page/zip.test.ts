import { expect, test } from "vitest";
import { unzip } from "./unzip";

interface Zip {
  zip(files: { name: string; bytes: Uint8Array }[]): Blob;
  distinct(names: string[]): string[];
}
/** What the browser loads is plain JavaScript, and runs here as well. */
const { zip, distinct }: Zip = await import(new URL("./zip.js", import.meta.url).href);
const read = async (blob: Blob) => unzip(Buffer.from(await blob.arrayBuffer()));

test("a zip is read by others: names beyond ASCII, an empty file, checksums", async () => {
  const blob = zip([
    { name: "zähler-mask.png", bytes: new TextEncoder().encode("a mask") },
    { name: "水表.png", bytes: new Uint8Array() },
  ]);
  expect(blob.type).toBe("application/zip");
  expect(await read(blob)).toEqual({ "zähler-mask.png": Buffer.from("a mask"), "水表.png": Buffer.of() });
  expect(await read(zip([]))).toEqual({});
});

test("names that are taken are made different, however they are cased", () => {
  expect(distinct(["a.png", "b.png", "A.png", "a.png", "a-2.png", "c"])).toEqual([
    "a.png",
    "b.png",
    "A-2.png",
    "a-3.png",
    "a-2-2.png",
    "c",
  ]);
});
