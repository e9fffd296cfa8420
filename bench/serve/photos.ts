import fs from "node:fs/promises";
import path from "node:path";
import { drawSamples } from "@sluice/samples";

/** As many photos as asked: drawn ones, or spread evenly over a folder's `images/`. */
export async function somePhotos(count: number, folder: string | undefined): Promise<Buffer[]> {
  if (folder === undefined) {
    const drawn: Buffer[] = [];
    for await (const { photo } of drawSamples({ count, seed: 7 })) drawn.push(Buffer.from(photo));
    return drawn;
  }
  const images = path.join(folder, "images");
  const names = (await fs.readdir(images)).sort();
  const chosen = Array.from({ length: Math.min(count, names.length) }, (_, i) =>
    Math.floor((i * names.length) / Math.min(count, names.length)),
  );
  return Promise.all(chosen.map((i) => fs.readFile(path.join(images, names[i]))));
}

const BOUNDARY = "sluice-bench-0123456789abcdef";

/** A photo as a browser's form sends it. */
export function asForm(photo: Buffer): { method: "POST"; headers: Record<string, string>; body: Buffer } {
  const head = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="image"; filename="photo.jpg"\r\nContent-Type: image/jpeg\r\n\r\n`;
  return {
    method: "POST",
    headers: { "Content-Type": `multipart/form-data; boundary=${BOUNDARY}` },
    body: Buffer.concat([Buffer.from(head), photo, Buffer.from(`\r\n--${BOUNDARY}--\r\n`)]),
  };
}
