import { Hono } from "hono";
import { expect, test } from "vitest";
import { CSS, HTML, JS, serveAssets } from "./assets";
import type { AppEnv } from "./context";

function site(list: Record<string, [type: string, text: string]>) {
  const assets = serveAssets(
    Object.fromEntries(
      Object.entries(list).map(([name, [type, text]]) => [name, { type, read: () => text }]),
    ),
  );
  const app = new Hono<AppEnv>();
  app.get("/", (c) => assets("", c));
  app.get("/page/:file", (c) => assets(c.req.param("file"), c));
  const get = async (path: string, headers = {}) => {
    const response = await app.request(path, { headers });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  return get;
}

const page: Record<string, [string, string]> = {
  "": [HTML, '<link href="/page/style.css"><script src="/page/page.js"></script><a href="/page/none.js">'],
  "style.css": [CSS, "body { color: red }"],
  "page.js": [JS, 'import { draw } from "./draw.js";'],
  "draw.js": [JS, "export const draw = () => {};"],
};

test("what a page loads is addressed by its content and kept for ever; the page itself is asked for again", async () => {
  const get = site(page);
  const { headers, text } = await get("/");
  expect(headers.get("cache-control")).toBe("no-cache");
  const [, style = "", script = ""] =
    /href="(\/page\/style\.css\?v=[\w-]{22})".*src="(\/page\/page\.js\?v=[\w-]{22})".*href="\/page\/none\.js"/.exec(
      text,
    ) ?? [];
  expect((await get(style)).headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
  const loaded = await get(script);
  expect(loaded.text).toMatch(/^import { draw } from "\.\/draw\.js\?v=[\w-]{22}";$/);
  expect((await get("/page/page.js")).headers.get("cache-control")).toBe("no-cache");
  expect((await get("/page/page.js?v=older")).headers.get("cache-control")).toBe("no-cache");
});

test("a change of what is loaded changes the address of all that load it", async () => {
  const address = async (draw: string) =>
    /page\.js\?v=[\w-]{22}/.exec((await site({ ...page, "draw.js": [JS, draw] })("/")).text)?.[0];
  expect(await address("1")).toBe(await address("1"));
  expect(await address("1")).not.toBe(await address("2"));
});

test.each([
  ["the tag", (tag: string) => tag, 304],
  ["the tag, made weak by a proxy", (tag: string) => `W/${tag}`, 304],
  ["one of several", (tag: string) => `"other", ${tag}`, 304],
  ["any", () => "*", 304],
  ["another", () => '"other"', 200],
  ["a part of it", (tag: string) => tag.slice(0, -2), 200],
])("If-None-Match with %s", async (_, held, status) => {
  const get = site(page);
  const tag = (await get("/page/style.css")).headers.get("etag") ?? "";
  const again = await get("/page/style.css", { "If-None-Match": held(tag) });
  expect(again.status).toBe(status);
  expect(again.text).toBe(status === 304 ? "" : "body { color: red }");
  expect(again.headers.get("etag")).toBe(tag);
});

test("files that load each other are served all the same", async () => {
  const get = site({ "a.js": [JS, 'import "./b.js"'], "b.js": [JS, 'import "./a.js"'] });
  expect((await get("/page/a.js")).text).toMatch(/^import "\.\/b\.js\?v=[\w-]{22}"$/);
  expect((await get("/page/b.js")).text).toBe('import "./a.js"');
});
