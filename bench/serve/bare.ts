// A program: bare.ts MODEL THREADS PORT serves `/predict` with nothing but Node's own HTTP: it decodes the photo of a
// form, asks the networks for it, and answers the same to all. Photos that are put to `/record` are known to it.
import { createServer, type IncomingMessage } from "node:http";
import { collectSeldom } from "@sluice/serving/server/collector";
import { decodeAndAsk, loadFolder, type Recorded, record } from "./recorded";

/** As long as most of the service's answers. */
const ANSWER = JSON.stringify({ mask: "A".repeat(1_000), width: 480, height: 640, area_px: 0 });

collectSeldom(); // as the service does
const [model, threads, port] = process.argv.slice(2);
const predictor = await loadFolder(model, Number(threads));
const known = new Map<string, Recorded>();

const server = createServer(async (request, response) => {
  if (request.url === "/record") {
    const photo = await bodyOf(request);
    known.set(nameOf(photo), await record(predictor, photo));
  }
  if (request.url === "/predict") {
    const photo = photoIn(await bodyOf(request));
    const recorded = known.get(nameOf(photo));
    if (recorded) await decodeAndAsk(recorded, photo);
    else response.statusCode = 404;
  }
  response.setHeader("Content-Type", "application/json");
  response.end(ANSWER);
});
server.listen(Number(port), "127.0.0.1");

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The first part of a form that has no other. */
function photoIn(form: Buffer): Buffer {
  const start = form.indexOf("\r\n\r\n") + 4;
  return form.subarray(start, form.lastIndexOf("\r\n--", form.length - 3));
}

/** Tells photos apart without a look at all of their bytes. */
const nameOf = (photo: Buffer): string =>
  `${photo.length} ${photo.toString("latin1", photo.length >> 1, (photo.length >> 1) + 64)}`;
