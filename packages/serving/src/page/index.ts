import { readFileSync } from "node:fs";
import { CSS, file, HTML, JS, serveAssets } from "../app/assets";
import type { Limits } from "../app/deps";

const here = (name: string) => new URL(name, import.meta.url);

/** The predict page (under no name) and what it loads. */
export const page = ({ bodyBytes }: Limits) =>
  serveAssets({
    "": {
      type: HTML,
      read: () => readFileSync(here("./index.html"), "utf8").replace("{{max-bytes}}", String(bodyBytes)),
    },
    "style.css": file(here("./style.css"), CSS),
    "result.css": file(here("./result.css"), CSS),
    "page.js": file(here("./page.js"), JS),
    "server.js": file(here("./server.js"), JS),
    "picture.js": file(here("./picture.js"), JS),
    "icon.svg": file(here("./icon.svg"), "image/svg+xml"),
  });
