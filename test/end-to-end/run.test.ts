import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { type Bundle, Photo } from "@sluice/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { answer, type Home, toyHome } from "./sluice";

interface RunAnswer {
  id: string;
  outcome: string;
  model: number | null;
  judgedAgainst: number | null;
  dice: number;
}

let home: Home;
beforeAll(async () => {
  home = await toyHome();
});
afterAll(() => home.remove());

const push = async (folder: string) => {
  const ended = await home.sluice("push", folder, "--json");
  return { code: ended.code, run: answer<RunAnswer>(ended) };
};
const champion = async () => answer<{ champion: number }>(await home.sluice("models", "--json")).champion;

// One story, for every chapter needs the one before.
test("photos become a served champion, through everything a user has", { timeout: 240_000 }, async () => {
  const first = await push(await home.draw("first", 60, 0));
  expect(first).toMatchObject({ code: 0, run: { outcome: "promoted", model: 1, judgedAgainst: null } });
  expect(first.run.dice).toBeGreaterThan(0.2);
  expect(await champion()).toBe(1);
  const model = await home.json<Bundle.Bundle>("blobs/models/1/model.json");
  expect(model.stages.map(({ role }) => role)).toEqual(["locator", "refiner"]);

  const second = await push(await home.draw("second", 20, 60));
  expect(second.code).toBe(0);
  expect(["promoted", "kept"]).toContain(second.run.outcome);
  expect(second.run).toMatchObject({ model: 2, judgedAgainst: 1 });
  const serving = second.run.outcome === "promoted" ? 2 : 1;

  const broken = await home.draw("broken", 3, 80);
  const [name = ""] = await readdir(path.join(broken, "images"));
  const whole = await readFile(path.join(broken, "images", name));
  await writeFile(path.join(broken, "images", name), whole.subarray(0, whole.length / 2));
  const third = await home.sluice("push", broken);
  expect(third.code).toBe(3);
  expect(third.stdout + third.stderr).toContain(`images/${name}`);
  expect(third.stdout + third.stderr).not.toContain("    at ");
  expect(await champion()).toBe(serving);

  const out = path.join(home.dir, "out");
  const photos = path.join(home.dir, "..", "second", "images");
  expect(await home.sluice("predict", photos, "-o", out)).toMatchObject({ code: 0 });
  const [photo = ""] = await readdir(photos);
  const stem = path.parse(photo).name;
  const upright = await Photo.header(await readFile(path.join(photos, photo)), photo);
  const mask = await Photo.maskPixels(await readFile(path.join(out, "masks", `${stem}.png`)), stem);
  expect([mask.width, mask.height]).toEqual([upright.width, upright.height]);
  expect(mask.data.every((value) => value === 0 || value === 255)).toBe(true);
  expect(await readdir(path.join(out, "overlays"))).toHaveLength(20);

  // Only what was champion can come back: model 1 always was, model 2 where it was promoted.
  expect(await home.sluice("models", "rollback", "1")).toMatchObject({ code: 0 });
  expect(await champion()).toBe(1);
  expect(await home.sluice("models", "rollback", "2")).toMatchObject({ code: serving === 2 ? 0 : 5 });
  expect(await home.sluice("models", "rollback", "9")).toMatchObject({ code: 5 });

  const again = await push(path.join(home.dir, "..", "second"));
  expect(again).toMatchObject({ code: 0, run: { outcome: "unchanged" } });
});
