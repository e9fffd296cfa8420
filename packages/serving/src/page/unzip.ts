import { crc32 } from "node:zlib";
import { fromBuffer } from "yauzl";

/** A zip's files by name, as a reader of others finds them. Throws where a checksum is wrong. For tests. */
export function unzip(zip: Buffer): Promise<Record<string, Buffer>> {
  return new Promise((resolve, reject) => {
    const found: Record<string, Buffer> = {};
    fromBuffer(zip, { lazyEntries: true }, (failure, file) => {
      if (failure) return reject(failure);
      file.on("error", reject).on("end", () => resolve(found));
      file.on("entry", (entry) =>
        file.openReadStream(entry, async (error, stream) => {
          if (error) return reject(error);
          const bytes = Buffer.concat(await stream.toArray());
          if (crc32(bytes) !== entry.crc32) return reject(new Error(`${entry.fileName}: wrong checksum`));
          found[entry.fileName] = bytes;
          file.readEntry();
        }),
      );
      file.readEntry();
    });
  });
}
