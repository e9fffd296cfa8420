import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { drawnMask, drawnPhoto } from "../dataset/testing";
import { memoryWorld } from "../testing";
import * as Validation from "../validation";
import * as Batch from "./index";

let dir = "";
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "sluice-batch-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function write(files: Record<string, string>): Promise<void> {
  for (const [name, body] of Object.entries(files)) {
    await mkdir(join(dir, name, ".."), { recursive: true });
    await writeFile(join(dir, name), body);
  }
}
const pair = { "images/a.jpg": "photo", "masks/a.png": "mask" };

test("a folder is a batch, named by its content", async () => {
  await write({ ...pair, "images/.DS_Store": "x", "README.txt": "left out" });
  const source = await Batch.fromFolder(dir);
  expect(source.entries.map(({ name }) => name)).toEqual(["images/a.jpg", "masks/a.png"]);
  expect((await source.entries[0]?.bytes())?.toString()).toBe("photo");
  // printf 'images/a.jpg\0%s\nmasks/a.png\0%s\n' $(printf photo | sha256sum) $(printf mask | sha256sum) | sha256sum
  expect(source.digest).toBe("23518ae1f56292a4f29650de244eaf76b7748c59a4a8c82cc6ef3958a8532938");
  expect(source.batch).toBe("23518ae1f562");
});

test("other content or another name is another batch", async () => {
  await write(pair);
  const { batch } = await Batch.fromFolder(dir);
  await write({ "masks/a.png": "other" });
  expect((await Batch.fromFolder(dir)).batch).not.toBe(batch);
  await write({ "masks/a.png": "mask" });
  expect((await Batch.fromFolder(dir)).batch).toBe(batch);
  await write({ "masks/b.png": "mask" });
  expect((await Batch.fromFolder(dir)).batch).not.toBe(batch);
});

test("what is missing is named", async () => {
  const missing = join(dir, "nowhere");
  await expect(Batch.fromFolder(missing)).rejects.toMatchObject({
    code: "input.unreadable",
    message: `${missing} cannot be read: it is not there`,
  });
  await expect(Batch.fromFolder(dir)).rejects.toMatchObject({ code: "batch.incomplete" });
  await write({ "images/a.jpg": "photo" });
  await expect(Batch.fromFolder(dir)).rejects.toThrow("has no readable folder masks/");
  await expect(Batch.fromFolder(join(dir, "images/a.jpg"))).rejects.toThrow("is no folder");
});

test("links inside the folder are followed, links out of it refused, each by name", async () => {
  await write({ ...pair, "originals/b.jpg": "photo b" });
  await symlink(join(dir, "originals/b.jpg"), join(dir, "images/b.jpg"));
  const whole = await Batch.fromFolder(dir);
  expect(whole.entries.map(({ name }) => name)).toEqual(["images/a.jpg", "images/b.jpg", "masks/a.png"]);
  expect(whole.refusals).toEqual([]);

  await symlink(process.execPath, join(dir, "images/c.jpg"));
  await symlink(join(dir, "nowhere"), join(dir, "masks/c.png"));
  const partly = await Batch.fromFolder(dir);
  expect(partly.entries.map(({ name }) => name)).toEqual(["images/a.jpg", "images/b.jpg", "masks/a.png"]);
  expect(partly.batch).not.toBe(whole.batch);
  expect(partly.refusals.map(({ code, file, message }) => `${code} ${file} ${message}`)).toEqual([
    "link_outside images/c.jpg is a link out of the folder",
    "unreadable masks/c.png cannot be read: ENOENT",
  ]);

  await rm(join(dir, "masks"), { recursive: true });
  await symlink(tmpdir(), join(dir, "masks"));
  const outside = await Batch.fromFolder(dir);
  expect(outside.entries.map(({ name }) => name)).toEqual(["images/a.jpg", "images/b.jpg"]);
  expect(outside.refusals.map(({ file }) => file)).toEqual(["images/c.jpg", "masks"]);
});

test.skipIf(process.platform === "win32")("names that cannot be keys are refused", async () => {
  await write({ ...pair, "images/..\\up.jpg": "x" });
  expect((await Batch.fromFolder(dir)).refusals).toEqual([
    {
      code: "unsafe_name",
      file: "images/..\\up.jpg",
      message: "has a backslash in its name",
      hint: "Rename it.",
    },
  ]);
});

test("what is refused rejects its batch, beside every other fault; nothing of it is sent", async () => {
  const good = { photo: await drawnPhoto(1), mask: await drawnMask(20, 20) };
  await write(pair);
  await writeFile(join(dir, "images/a.jpg"), good.photo);
  await rename(join(dir, "images/a.jpg"), join(dir, "images/a.png"));
  await writeFile(join(dir, "masks/a.png"), good.mask);
  await symlink(process.execPath, join(dir, "images/c.jpg"));
  for (const name of ["c", "d"]) await writeFile(join(dir, `masks/${name}.png`), good.mask);
  const { blobs } = memoryWorld();
  const { batch } = await Batch.upload(await Batch.fromFolder(dir), { blobs });
  expect(await blobs.list("incoming/")).toEqual(
    ["_REFUSED.json", "_SUCCESS", "images/a.png", "masks/a.png", "masks/c.png", "masks/d.png"].map(
      (name) => `incoming/${batch}/${name}`,
    ),
  );

  const report = await Validation.validate({ batch }, { blobs });
  expect(report).toMatchObject({ accepted: false, pairs: 1, warnings: [] });
  expect(report.faults.map(({ code, file }) => `${code} ${file}`)).toEqual([
    "link_outside images/c.jpg",
    "mask_unpaired masks/d.png",
  ]);
  expect((await blobs.get(`reports/${batch}/report.html`)).toString()).toContain("images/c.jpg");
});

test("upload puts the marker last, and sends nothing twice", async () => {
  await write(pair);
  const { blobs } = memoryWorld();
  const puts: string[] = [];
  const watched = {
    ...blobs,
    put: (...call: Parameters<typeof blobs.put>) => {
      puts.push(call[0].replace(/^incoming\/[0-9a-f]{12}\//, ""));
      return blobs.put(...call);
    },
  };
  const told: string[] = [];
  const source = await Batch.fromFolder(dir);
  const { batch } = await Batch.upload(source, { blobs: watched }, (done, total) =>
    told.push(`${done}/${total}`),
  );
  expect(batch).toBe(source.batch);
  expect(puts.slice(0, 2).sort()).toEqual(["images/a.jpg", "masks/a.png"]);
  expect(puts.slice(2)).toEqual(["_SUCCESS"]);
  expect(told).toEqual(["1/2", "2/2"]);

  await Batch.upload(source, { blobs: watched });
  expect(puts).toHaveLength(3);

  await blobs.remove(`incoming/${batch}/_SUCCESS`);
  await blobs.remove(`incoming/${batch}/masks/a.png`);
  await Batch.upload(source, { blobs: watched });
  expect(puts.slice(3)).toEqual(["masks/a.png", "_SUCCESS"]);
});

test("a file that changes between digest and upload is refused, and the batch stays incomplete", async () => {
  await write(pair);
  const { blobs } = memoryWorld();
  const source = await Batch.fromFolder(dir);
  await write({ "masks/a.png": "changed" });
  await expect(Batch.upload(source, { blobs })).rejects.toMatchObject({
    code: "input.unreadable",
    message: "masks/a.png changed while it was read",
  });
  expect(await blobs.has(`incoming/${source.batch}/_SUCCESS`)).toBe(false);
});

test("a batch that a commit brings says so beside its files, before the marker", async () => {
  await write(pair);
  const { blobs } = memoryWorld();
  const origin = {
    commit: "0123456789abcdef0123456789abcdef01234567",
    ref: "data/2026-01-31",
    actor: "anna",
  };
  const { batch } = await Batch.upload({ ...(await Batch.fromFolder(dir)), origin }, { blobs });
  expect(await Batch.originOf(batch, { blobs })).toEqual(origin);
  expect((await Batch.open(batch, { blobs })).names).toEqual(["images/a.jpg", "masks/a.png"]);
  expect(await Batch.originOf("elsewhere", { blobs })).toBeUndefined();
  await blobs.put(`incoming/${batch}/_ORIGIN.json`, '{"commit":"main"}');
  expect(await Batch.originOf(batch, { blobs })).toBeUndefined();
});

test("the commit of a workflow of GitHub is its origin; elsewhere there is none", () => {
  const GITHUB_SHA = "0123456789abcdef0123456789abcdef01234567";
  const env = {
    GITHUB_ACTIONS: "true",
    GITHUB_SHA,
    GITHUB_REF_NAME: "data/1",
    GITHUB_ACTOR: "dependabot[bot]",
  };
  expect(Batch.originFrom(env)).toEqual({ commit: GITHUB_SHA, ref: "data/1", actor: "dependabot[bot]" });
  expect(Batch.originFrom({ GITHUB_SHA })).toBeUndefined();
});
