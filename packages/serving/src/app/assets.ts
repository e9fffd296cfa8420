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

interface Loaded {
  type: string;
  body: Uint8Array<ArrayBuffer>;
  /** A hash of the body. */
  version: string;
}

/** Clients keep it, and ask whether it changed. */
const REVALIDATED = "no-cache";
/** Under an address that names the content, which never changes. */
const FOR_EVER = "public, max-age=31536000, immutable";

/**
 * Serves a fixed list of files by name, so no name can lead out of it; a page itself has no name.
 *
 * What these files load of each other is addressed with its version (`style.css?v=…`) and kept for ever.
 */
export function serveAssets(list: Record<string, Asset>) {
  const assets = new Map(Object.entries(list));
  const cache = new Map<string, Loaded>();
  const load = (name: string, from: readonly string[] = []): Loaded | undefined => {
    const asset = assets.get(name);
    if (!asset || from.includes(name)) return undefined;
    const known = cache.get(name);
    if (known) return known;
    const content = Buffer.from(asset.read());
    const isOurs = /^text\//.test(asset.type) && content.length < LARGE;
    const versionOf = (other: string) => load(other, [...from, name])?.version;
    const body = new Uint8Array(isOurs ? versioned(content.toString(), versionOf) : content);
    const version = createHash("sha256").update(body).digest("base64url").slice(0, 22);
    const loaded = { type: asset.type, body, version };
    cache.set(name, loaded);
    return loaded;
  };
  return (name: string, c: AppContext): Response => {
    const loaded = load(name);
    if (!loaded) throw noSuchPage();
    const isVersioned = name !== "" && c.req.query("v") === loaded.version;
    return cached(c, loaded, isVersioned ? FOR_EVER : REVALIDATED);
  };
}

/** Bytes: what is larger is a bundle of others, which loads nothing of ours. */
const LARGE = 300_000;

/** A text in which what it loads has its version behind its name: "/page/style.css", "./picture.js". */
const versioned = (text: string, versionOf: (name: string) => string | undefined): Buffer =>
  Buffer.from(
    text.replace(/(["'])(\/\w+\/|\.\/)([\w.-]+)\1/g, (found, quote, at, name) => {
      const version = versionOf(name);
      return version ? `${quote}${at}${name}?v=${version}${quote}` : found;
    }),
  );

/** An answer that is told apart by its content: 304 where the client has it already (RFC 9110, 13.1.2). */
export function cached(c: AppContext, { type, body, version }: Loaded, cacheControl: string): Response {
  const etag = `"${version}"`;
  c.header("ETag", etag);
  c.header("Cache-Control", cacheControl);
  const held = c.req.header("If-None-Match") ?? "";
  const isHeld = held.trim() === "*" || Array.from(held.matchAll(/"[^"]*"/g), ([tag]) => tag).includes(etag);
  return isHeld ? c.body(null, 304) : c.body(body, 200, { "Content-Type": type });
}

export const HTML = "text/html; charset=utf-8";
export const CSS = "text/css; charset=utf-8";
export const JS = "text/javascript; charset=utf-8";
