import { sha256 } from "../digest";
import type { Blobs } from "../ports";
import type { Known } from "../split";
import { readTrusted } from "./files";
import { type Pair, Split } from "./pair";

/** One entry: the hash (8 bytes) and the split's place in `Split.options` (1 byte). A million pairs are 9 MB. */
const ENTRY_BYTES = 9;
const key = (digest: string) => `data/manifest/phashes/${digest}.bin`;

/** The perceptual hashes of all photos that the dataset ever held, each with its split. */
export async function readPhashes(digest: string | undefined, blobs: Blobs): Promise<Known[]> {
  if (!digest) return [];
  const body = await readTrusted(key(digest), digest, blobs);
  return Array.from({ length: body.length / ENTRY_BYTES }, (_, i) => {
    const at = i * ENTRY_BYTES;
    return { phash: body.toString("hex", at, at + 8), split: Split.options[body[at + 8] ?? 0] ?? "train" };
  });
}

/** Writes them with those of the given pairs; equal sets give equal bytes. Answers the digest. */
export async function writePhashes(known: Known[], pairs: readonly Pair[], blobs: Blobs): Promise<string> {
  const entries = new Set([...known, ...pairs].map(encode));
  const body = Buffer.from([...entries].sort().join(""), "hex");
  const digest = sha256(body);
  await blobs.put(key(digest), body, { ifAbsent: true });
  return digest;
}

const encode = ({ phash, split }: Known) => `${phash}0${Split.options.indexOf(split)}`;
