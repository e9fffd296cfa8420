import * as z from "zod";
import { BatchId, PairId, Sha256 } from "../ids";

export const Split = z.enum(["train", "validation", "test"]);
export type Split = z.infer<typeof Split>;

/** A stored file: addressed by its MD5 as a DVC remote is, trusted by its SHA-256. */
export const Stored = z.object({
  md5: z.string().regex(/^[0-9a-f]{32}$/),
  sha256: Sha256,
  bytes: z.number().int().positive(),
});
export type Stored = z.infer<typeof Stored>;

/** One photo and its mask in a dataset version. */
export const Pair = z.object({
  id: PairId,
  split: Split,
  photo: Stored,
  /** Always a 0/255 PNG at the upright photo's size. */
  mask: Stored,
  /** Of the upright photo, px. */
  width: z.number().int().positive(),
  height: z.number().int().positive(),
  orientation: z.number().int().min(1).max(8),
  /** Foreground of the mask, px. */
  areaPx: z.number().int().positive(),
  /** Mean brightness of the photo, 0..255. */
  brightness: z.number().min(0).max(255),
  /** 64-bit perceptual hash of the upright photo, 16 hex digits. */
  phash: z.string().regex(/^[0-9a-f]{16}$/),
  batch: BatchId,
});
export type Pair = z.infer<typeof Pair>;
