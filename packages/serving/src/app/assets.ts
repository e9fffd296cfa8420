import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { AppContext } from "./context";
import { noSuchPage } from "./errors";

export interface Asset {
  type: string;
  /** Read once, when it is first asked for. */
  read(): Buffer | string;
}

export const file = (url: URL | string, type: string): Asset => ({ type, read: () => readFileSync(url) });

/**
 * Serves a fixed list of files by name, so no name can lead out of it; a page itself has no name. Clients keep
 * them and ask whether they changed.
 */
export function serveAssets(list: Record<string, Asset>) {
  const assets = new Map(Object.entries(list));
  const cache = new Map<string, { body: Uint8Array<ArrayBuffer>; etag: string }>();
  const load = (name: string, asset: Asset) => {
    const cached = cache.get(name);
    if (cached) return cached;
    const body = new Uint8Array(Buffer.from(asset.read()));
    const etag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`;
    cache.set(name, { body, etag });
    return { body, etag };
  };
  return (name: string, c: AppContext): Response => {
    const asset = assets.get(name);
    if (!asset) throw noSuchPage();
    const { body, etag } = load(name, asset);
    c.header("ETag", etag);
    c.header("Cache-Control", "no-cache");
    if (c.req.header("If-None-Match") === etag) return c.body(null, 304);
    return c.body(body, 200, { "Content-Type": asset.type });
  };
}

export const HTML = "text/html; charset=utf-8";
export const CSS = "text/css; charset=utf-8";
export const JS = "text/javascript; charset=utf-8";
