import { expect, test } from "vitest";
import { run } from "../cli";
import { recordingIo } from "../testing";

async function sluice(...words: string[]) {
  const kept = recordingIo();
  const code = await run(words, (asked) => Object.assign(kept.io, asked));
  return { code, out: kept.answered.join("\n"), err: kept.complained.join("\n") };
}

test("sluice doctor --aws says who asks, where, and what is missing with the way to it", async () => {
  const { code, out, err } = await sluice("doctor", "--aws", "--stage", "test-nobody");
  expect(code).toBe(9);
  expect(out).toMatch(/✓ region +eu-west-1/);
  expect(out).toMatch(/✓ credentials +arn:aws:iam::000000000000:root in account 000000000000/);
  expect(out).toMatch(/✗ stage +There is no stage test-nobody in eu-west-1 {2}→ /);
  expect(err).toBe("world.misconfigured: Missing: stage. See the lines above.");
});

test("a stage that cannot be is refused before anything is asked", async () => {
  expect(await sluice("doctor", "--aws", "--stage", "prd")).toMatchObject({
    code: 2,
    err: expect.stringContaining("There is no stage prd"),
  });
});
