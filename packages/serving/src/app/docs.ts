import { createRequire } from "node:module";
import { CSS, file, HTML, JS, serveAssets } from "./assets";

const dist = (name: string) => createRequire(import.meta.url).resolve(`swagger-ui-dist/${name}`);

const INDEX = `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Sluice predicts: the API</title>
  <link rel="icon" href="/page/icon.svg">
  <link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
  <div id="docs"></div>
  <script src="/docs/swagger-ui-bundle.js"></script>
  <script src="/docs/start.js"></script>
</body>
</html>
`;
const START = `SwaggerUIBundle({ url: "/openapi.json", dom_id: "#docs", deepLinking: true, validatorUrl: null });\n`;

/** The page of `/docs`; all that it loads comes from here. */
export const docs = () =>
  serveAssets({
    "": { type: HTML, read: () => INDEX },
    "start.js": { type: JS, read: () => START },
    "swagger-ui.css": file(dist("swagger-ui.css"), CSS),
    "swagger-ui-bundle.js": file(dist("swagger-ui-bundle.js"), JS),
  });
