import { readFileSync } from "node:fs";
import { CSS, file, HTML, JS, serveAssets } from "../app/assets";
import type { Limits } from "../app/deps";

const STYLES = ["style.css", "tools.css", "photos.css", "answer.css"];
const MODULES = [
  "page.js",
  "photos.js",
  "card.js",
  "answer.js",
  "picture.js",
  "contour.js",
  "rectangle.js",
  "server.js",
  "files.js",
  "zip.js",
];

const here = (name: string) => new URL(name, import.meta.url);

/** The predict page (under no name) and what it loads. */
export const page = ({ bodyBytes }: Limits) =>
  serveAssets({
    "": {
      type: HTML,
      read: () => readFileSync(here("./index.html"), "utf8").replace("{{max-bytes}}", String(bodyBytes)),
    },
    ...Object.fromEntries(STYLES.map((name) => [name, file(here(name), CSS)])),
    ...Object.fromEntries(MODULES.map((name) => [name, file(here(name), JS)])),
    "icon.svg": file(here("./icon.svg"), "image/svg+xml"),
  });
