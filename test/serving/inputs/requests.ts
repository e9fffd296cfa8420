import { greyPhoto } from "@sluice/serving/testing/index";
import { posting, predicting, request } from "../socket";

/** What is sent over a socket byte by byte, and the answers that must come, in order: status, or status and code. */
export interface Spoken {
  what: string;
  parts(): Promise<(string | Uint8Array)[]>;
  answers: (number | [status: number, code: string])[];
}

const MALFORMED: [number, string] = [400, "request.malformed"];
const TOO_LARGE: [number, string] = [431, "request.headers_too_large"];
const host = { Host: "x" };
const get = (target: string, headers = {}) => request(`GET ${target} HTTP/1.1`, { ...host, ...headers });
const spoken = (what: string, answers: Spoken["answers"], ...parts: (string | Uint8Array)[]): Spoken => ({
  what,
  parts: async () => parts,
  answers,
});
const malformed = (what: string, ...parts: (string | Uint8Array)[]) => spoken(what, [MALFORMED], ...parts);
const withPhoto = (
  what: string,
  answers: Spoken["answers"],
  parts: (photo: Uint8Array) => (string | Uint8Array)[],
): Spoken => ({
  what,
  parts: async () => parts(await greyPhoto()),
  answers,
});
const wrongMethod = (method: string): Spoken =>
  spoken(
    `${method} /predict`,
    [[405, "usage.wrong_method"]],
    ...request(`${method} /predict HTTP/1.1`, host),
  );
const notFound = (target: string): Spoken =>
  spoken(`GET ${target}`, [[404, "usage.not_found"]], ...get(target));

/** Requests that break HTTP, or nearly. */
export const badRequests: Spoken[] = [
  malformed("bytes that are no HTTP", "\x00\x01\x02\x03 no http at all\r\n\r\n"),
  malformed("a TLS greeting", new Uint8Array([0x16, 3, 1, 0, 5, 1, 0, 0, 1, 0])),
  malformed("HTTP/2's preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
  malformed("HTTP/9.9", "GET /health HTTP/9.9\r\nHost: x\r\n\r\n"),
  malformed("no Host in HTTP/1.1", "GET /health HTTP/1.1\r\n\r\n"),
  malformed("a Host that is none", ...request("GET /health HTTP/1.1", { Host: "a b<c>" })),
  malformed("an unknown method", "BREW /coffee HTTP/1.1\r\nHost: x\r\n\r\n"),
  malformed("a method in small letters", "get /health HTTP/1.1\r\nHost: x\r\n\r\n"),
  malformed("a target with a space", "GET /a b c HTTP/1.1\r\nHost: x\r\n\r\n"),
  malformed("an absolute target that is none", ...get("http://[::bad/health")),
  malformed("a header without a colon", "GET /health HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n"),
  malformed("a space before a header's colon", "GET /health HTTP/1.1\r\nHost: x\r\nX-A : b\r\n\r\n"),
  malformed("a zero byte in a header", "GET /health HTTP/1.1\r\nHost: x\r\nX-A: b\0c\r\n\r\n"),
  malformed("a Content-Length that is no number", ...posting({ "Content-Length": "ten" })),
  malformed("a negative Content-Length", ...posting({ "Content-Length": "-5" })),
  malformed("a Content-Length beyond all numbers", ...posting({ "Content-Length": "9".repeat(30) })),
  malformed(
    "two Content-Lengths",
    "POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
  ),
  malformed(
    "a Content-Length and chunks",
    ...posting({ "Content-Length": 5, "Transfer-Encoding": "chunked" }, "0\r\n\r\n"),
  ),
  malformed("an unknown transfer encoding", ...posting({ "Transfer-Encoding": "sandwich" }, "x")),
  malformed(
    "a chunk whose size is no number",
    ...posting({ "Transfer-Encoding": "chunked" }, "xyz\r\nhello\r\n0\r\n\r\n"),
  ),
  malformed(
    "a chunk whose size is beyond all numbers",
    ...posting({ "Transfer-Encoding": "chunked" }, `${"f".repeat(20)}\r\n`),
  ),
  malformed(
    "a chunk that is longer than it says",
    ...posting({ "Transfer-Encoding": "chunked" }, "2\r\nhello\r\n0\r\n\r\n"),
  ),
  malformed(
    "a chunk with 20 KB of extensions",
    ...posting({ "Transfer-Encoding": "chunked" }, `5;${"x".repeat(20_000)}\r\nhello\r\n`),
  ),
  malformed("a body that ends before its length", ...posting({ "Content-Length": 100 }, "hello"), "FIN"),
  withPhoto("a photo, then the client's end", [MALFORMED], (photo) => [...predicting(photo), "FIN"]),
  malformed("headers that end before they end", "GET /health HTTP/1.1\r\nHost:", "FIN"),
  spoken("a header of 20 KB", [TOO_LARGE], ...get("/health", { "X-Long": "y".repeat(20_000) })),
  spoken(
    "3,000 headers",
    [TOO_LARGE],
    ...get("/health", Object.fromEntries(Array.from({ length: 3_000 }, (_, i) => [`X-${i}`, "y"]))),
  ),
  spoken("an address of 20 KB", [TOO_LARGE], ...get(`/${"a".repeat(20_000)}`)),
  spoken(
    "a body that says it has 99 MB",
    [[413, "serving.body_too_large"]],
    ...posting({ "Content-Length": 99_000_000 }),
  ),
  spoken(
    "a role that does not exist",
    [[400, "usage.invalid"]],
    ...predicting("x", { "Sluice-Role": "king" }),
  ),
  spoken(
    "a role that is not out",
    [[404, "model.not_found"]],
    ...predicting("x", { "Sluice-Role": "canary" }),
  ),
  spoken(
    "CONNECT",
    [[405, "usage.wrong_method"]],
    "CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n",
  ),
  ...["GET", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"].map(wrongMethod),
  spoken("HEAD /predict", [405], "HEAD /predict HTTP/1.0\r\n\r\n"),
  spoken(
    "POST /health",
    [[405, "usage.wrong_method"]],
    ...request("POST /health HTTP/1.1", { ...host, "Content-Length": 0 }),
  ),
  notFound("/../../../etc/passwd"),
  notFound("/page/%2e%2e%2f%2e%2e%2fpackage.json"),
  notFound("/%00"),
  notFound("/%zz%"),
  notFound("/predict/"),
  notFound(`/${"deep/".repeat(500)}`),
  withPhoto(
    "a photo that is longer than its length: what is too much is no request",
    [[422, "photo.unreadable"], MALFORMED],
    (photo) => predicting(photo, { "Content-Length": photo.length - 60 }),
  ),
];

/** Odd, but allowed. */
export const oddRequests: Spoken[] = [
  spoken("HTTP/1.0 without a Host", [200], "GET /health HTTP/1.0\r\n\r\n"),
  spoken("an absolute target", [200], ...get("http://x/health")),
  spoken(
    "an upgrade that is passed over",
    [200],
    ...get("/health", { Connection: "Upgrade", Upgrade: "websocket" }),
  ),
  spoken("OPTIONS", [204], ...request("OPTIONS /predict HTTP/1.1", host)),
  spoken("line ends before a request", [200], "\r\n\r\n", ...get("/health")),
  spoken(
    "three requests at once",
    [200, [404, "usage.not_found"], 200],
    ...get("/health"),
    ...get("/nothing"),
    ...get("/health"),
  ),
  withPhoto("a photo in chunks", [200], (photo) => [
    ...posting({ "Transfer-Encoding": "chunked" }),
    `${photo.length.toString(16)}\r\n`,
    photo,
    "\r\n0\r\n\r\n",
  ]),
  withPhoto("a photo over HTTP/1.0", [200], (photo) =>
    request("POST /predict HTTP/1.0", { "Content-Type": "image/png", "Content-Length": photo.length }, photo),
  ),
  withPhoto("a photo that waits for 100 Continue", [200], (photo) =>
    predicting(photo, { Expect: "100-continue" }),
  ),
  withPhoto("an expectation that nobody knows", [200], (photo) => predicting(photo, { Expect: "miracles" })),
];
