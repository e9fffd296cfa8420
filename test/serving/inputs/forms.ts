import { form, greyPhoto, raw } from "@sluice/serving/testing/index";
import type { Case } from "./case";

const CRLF = "\r\n";
type Part = [disposition: string, content: string | Uint8Array];

/** A form as no library would write it. */
function formOf(parts: Part[], { boundary = "b", end = "--" } = {}): Uint8Array<ArrayBuffer> {
  const pieces = parts.flatMap(([disposition, content]) => [
    Buffer.from(`--${boundary}${CRLF}${disposition}${CRLF}${CRLF}`, "latin1"),
    Buffer.from(content as Uint8Array),
    Buffer.from(CRLF),
  ]);
  return new Uint8Array(Buffer.concat([...pieces, Buffer.from(`--${boundary}${end}`)]));
}
const asForm = (body: Uint8Array<ArrayBuffer> | string, type = "multipart/form-data; boundary=b") =>
  raw(body, type);
const file = (field: string, name: string) =>
  `Content-Disposition: form-data; name="${field}"; filename="${name}"`;

const refused = (
  what: string,
  request: Case["request"],
  status = 400,
  code = "usage.invalid",
  path = "/predict",
): Case => ({
  what,
  request,
  status,
  code,
  path,
});
const typed = (what: string, type: string): Case =>
  refused(
    `a photo that is called ${what}`,
    async () => raw(await greyPhoto(), type),
    415,
    "photo.unsupported",
  );

const BATCH = "/batch-predict";
const some = async (content: Uint8Array | string, disposition: string) =>
  asForm(formOf([[disposition, content]]));

/** What goes wrong around a photo. */
export const badForms: Case[] = [
  refused("no body", async () => ({ method: "POST" })),
  refused("an empty body", async () => raw("")),
  refused("a photo under another field", async () => form(["photo", "a.png", await greyPhoto()])),
  refused("a field without a file", async () => some("text", 'Content-Disposition: form-data; name="image"')),
  refused("two photos where one is due", async () => form(["image", "a", "x"], ["image", "b", "y"])),
  refused("an empty file", async () => form(["image", "a.png", ""]), 422, "photo.unreadable"),
  refused("an empty form", async () => asForm("--b--")),
  refused("a form without its boundary", async () => asForm("x".repeat(500))),
  refused("a form whose type names no boundary", async () => asForm(formOf([]), "multipart/form-data")),
  refused("a form whose type names another boundary", async () =>
    asForm(formOf([]), "multipart/form-data; boundary=c"),
  ),
  refused("a boundary of 100 letters", async () =>
    asForm(formOf([], { boundary: "b".repeat(100) }), `multipart/form-data; boundary=${"b".repeat(100)}`),
  ),
  refused("an empty boundary", async () => asForm(formOf([]), 'multipart/form-data; boundary=""')),
  refused("a form without its end", async () => asForm(formOf([[file("image", "a.png"), "x"]], { end: "" }))),
  refused("a form that ends in a part's headers", async () =>
    asForm(`--b${CRLF}Content-Disposition: form-data; na`),
  ),
  refused("a part with 9,000 bytes of headers", async () =>
    some("x", `X: ${"y".repeat(9_000)}${CRLF}${file("image", "a")}`),
  ),
  refused("a part without a disposition", async () => some("x", "Content-Type: image/png")),
  refused("1,001 parts", async () =>
    asForm(formOf(Array.from({ length: 1_001 }, () => [file("x", "a"), ""]))),
  ),
  refused(
    "a form in a form",
    async () => some("--c--", `${file("image", "a")}${CRLF}Content-Type: multipart/mixed; boundary=c`),
    415,
    "photo.unsupported",
  ),
  refused(
    "a name in no UTF-8, around text",
    async () => some("text", file("image", "\xff\xfe\xc3.jpg")),
    415,
    "photo.unsupported",
  ),
  refused(
    "a name of 4,000 letters, around text",
    async () => some("text", file("image", "n".repeat(4_000))),
    415,
    "photo.unsupported",
  ),
  refused(
    "a name that leads out, around text",
    async () => some("text", file("image", "../".repeat(40))),
    415,
    "photo.unsupported",
  ),
  refused(
    "a photo of 15 MB and a byte",
    async () => form(["image", "a.png", new Uint8Array(15_000_001)]),
    413,
    "serving.body_too_large",
  ),
  typed("text/plain", "text/plain"),
  typed("a form's text", "application/x-www-form-urlencoded"),
  typed("multipart/mixed", "multipart/mixed; boundary=b"),
  typed("nonsense", "a/b/c;;=;"),
  refused(
    "a photo, packed by gzip",
    async () => ({
      ...raw(new Uint8Array([0x1f, 0x8b, 8, 0])),
      headers: { "Content-Encoding": "gzip", "Content-Type": "image/png" },
    }),
    415,
    "photo.unsupported",
  ),
  refused("a batch without a photo", async () => form(["other", "a", "x"]), 400, "usage.invalid", BATCH),
  refused(
    "a batch that is one photo",
    async () => raw(await greyPhoto(), "image/png"),
    415,
    "photo.unsupported",
    BATCH,
  ),
  refused(
    "a batch of 257 photos",
    async () =>
      form(...Array.from({ length: 257 }, (_, i) => ["images", `${i}`, "x"] as [string, string, string])),
    413,
    "request.too_many_files",
    BATCH,
  ),
];

/** Odd forms around good photos. */
export const oddForms: Case[] = [
  {
    what: "a photo whose name is no UTF-8",
    request: async () => some(await greyPhoto(), file("image", "\xff\xfe\xc3.jpg")),
    status: 200,
    size: [64, 48],
  },
  {
    what: "a batch with a bad photo among good ones",
    path: BATCH,
    request: async () => {
      const photo = await greyPhoto();
      return form(
        ["images", "a", photo],
        ["images", "b", "text"],
        ["image", "c", ""],
        ["images", "d", photo],
      );
    },
    status: 200,
    results: [null, "photo.unsupported", "photo.unreadable", null],
  },
];
