import { greyPhoto, raw, zipped } from "@sluice/serving/testing/index";
import type { Case } from "./case";

type Files = Parameters<typeof zipped>[0];
const BATCH = { path: "/batch-predict" };
const MB = 2 ** 20;

/** The zip with a name replaced by another of the same length, in both of its places. */
const renamed = (zip: Buffer, from: string, to: string) =>
  Buffer.from(zip.toString("latin1").replaceAll(from, to), "latin1");

/** Where the central directory's record of the only entry begins (PKWARE APPNOTE, 4.3.12), and its end (4.3.16). */
const RECORD = "PK\x01\x02";
const END = "PK\x05\x06";
function patched(zip: Buffer, at: string, offset: number, value: number): Buffer {
  zip.writeUInt32LE(value, zip.indexOf(at, 0, "latin1") + offset);
  return zip;
}

const send = (zip: Buffer) => raw(new Uint8Array(zip), "application/zip");
const refused = (what: string, status: number, code: string, zip: () => Promise<Buffer>): Case => ({
  what,
  ...BATCH,
  request: async () => send(await zip()),
  status,
  code,
});
const unsafe = (what: string, zip: () => Promise<Buffer>) => refused(what, 422, "batch.zip_unsafe", zip);
const unreadable = (what: string, zip: () => Promise<Buffer>) => refused(what, 400, "input.unreadable", zip);
/** A zip with one more file, whose name is then patched to another of the same length. */
const named = (name: string) => async () => {
  const plain = "z".repeat(name.length);
  return renamed(await zipped({ "a.png": await greyPhoto(), [plain]: "x" }), plain, name);
};
const of = (files: Files) => () => zipped(files);

/** Zips that mean harm, or are broken. */
export const badZips: Case[] = [
  unsafe("a zip with ../ in a name", named("../../etc/passwd")),
  unsafe("a zip with ../ deep in a name", named("a/b/c/../../../../x.png")),
  unsafe("a zip with an absolute name", named("/etc/passwd")),
  unsafe("a zip with ..\\ in a name", named("..\\..\\windows\\x.png")),
  unsafe("a zip with a drive in a name", named("C:x.png")),
  unsafe("a zip with a zero byte in a name", named("a.png\0.txt")),
  unsafe("a zip with an empty folder name", named("a//b.png")),
  unsafe("a zip with a name of 600 letters", named("n".repeat(600))),
  unsafe("a zip with 200 folders in each other", named(`${"dd/".repeat(200)}x.png`)),
  unsafe("a zip with a link", of({ "a.png": ["/etc/passwd", { mode: 0o120777 }] })),
  unsafe("a zip with a device", of({ "a.png": ["", { mode: 0o020666 }] })),
  unsafe("a zip that unpacks to 1,000 times its size", of({ "a.png": Buffer.alloc(20 * MB) })),
  unsafe("a zip that says it unpacks to 4 GB", async () =>
    patched(await zipped({ "a.png": "x" }), RECORD, 24, 0xfffffffe),
  ),
  unsafe("a zip whose entries overlap", async () => {
    const zip = await zipped({ "a.png": await greyPhoto() });
    return patched(zip, RECORD, 20, zip.length + 1);
  }),
  unsafe("a zip that says it has 5,001 files", async () =>
    patched(await zipped({ "a.png": "x" }), END, 8, 5_001 * 0x10001),
  ),
  refused(
    "a zip of 257 photos",
    413,
    "request.too_many_files",
    of(Object.fromEntries(Array.from({ length: 257 }, (_, i) => [`${i}.png`, "x"]))),
  ),
  unreadable("a zip that is text", async () => Buffer.from("no zip at all")),
  unreadable("half a zip", async () => (await zipped({ "a.png": await greyPhoto() })).subarray(0, 80)),
  unreadable("a zip whose directory lies elsewhere", async () =>
    patched(await zipped({ "a.png": "x" }), END, 16, 0xfffff),
  ),
  unreadable("a zip whose directory is text", async () =>
    renamed(await zipped({ "a.png": "x" }), RECORD, "XXXX"),
  ),
  refused("an empty zip", 400, "usage.invalid", of({})),
  refused(
    "a zip of what systems leave behind",
    400,
    "usage.invalid",
    of({ ".DS_Store": "x", "__MACOSX/._a": "x" }),
  ),
  {
    ...refused("a zip with ../ in a form", 422, "batch.zip_unsafe", named("../x.png")),
    request: async () => {
      const body = new FormData();
      body.append("images", new File([await greyPhoto()], "a.png"));
      body.append("images", new File([new Uint8Array(await named("../x.png")())], "b.zip"));
      return { method: "POST", body };
    },
  },
];

const answered = (what: string, results: (string | null)[], zip: () => Promise<Buffer>): Case => ({
  what,
  ...BATCH,
  request: async () => send(await zip()),
  status: 200,
  results,
});

/** Zips in which only one file is bad: the others are answered. */
export const oddZips: Case[] = [
  answered("an encrypted file", [null, "input.unreadable"], async () => {
    const zip = await zipped({ "b.png": "x", "a.png": await greyPhoto() });
    const at = zip.indexOf(RECORD, 0, "latin1") + 8;
    zip.writeUInt16LE(zip.readUInt16LE(at) | 1, at);
    return zip;
  }),
  answered("a file with a wrong checksum", [null, "input.unreadable"], async () =>
    renamed(
      await zipped({ "a.png": await greyPhoto(), "b.png": ["recognisable", { compress: false }] }),
      "recognisable",
      "unrecognised",
    ),
  ),
  answered("a file that unpacks to more than it says", [null, "input.unreadable"], async () =>
    patched(await zipped({ "b.png": Buffer.alloc(MB / 2), "a.png": await greyPhoto() }), RECORD, 24, 100),
  ),
  answered("a file that is there twice", [null, "input.unreadable"], async () =>
    renamed(await zipped({ "a.png": await greyPhoto(), "b.png": "x" }), "b.png", "a.png"),
  ),
  answered("a zip in a zip", [null, "photo.unsupported"], async () =>
    zipped({ "a.png": await greyPhoto(), "b.zip": await zipped({ "c.png": "x" }) }),
  ),
  answered("a zip in no zip's order, named in no UTF-8", [null], async () =>
    renamed(await zipped({ "qq.png": await greyPhoto() }), "qq.png", "\xff\xfe.png"),
  ),
];
