import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as Run from "@sluice/core/run/index";
import { openWorld } from "@sluice/local";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { run } from "./cli";
import { recordingIo } from "./testing";

let home = "";
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "sluice-cli-"));
});
afterEach(() => rm(home, { recursive: true, force: true }));

async function sluice(...words: string[]) {
  const kept = recordingIo();
  const code = await run(words, (asked) => Object.assign(kept.io, asked));
  return { code, out: kept.answered.join("\n"), err: kept.complained.join("\n") };
}

describe("what is called wrongly ends with 2 and says how to call it", () => {
  test.each([
    [["nonsense"], "usage.not_found: There is no command sluice nonsense. There are: demo, dev, push, runs,"],
    [
      ["runs", "nonsense"],
      "usage.not_found: There is no command sluice runs nonsense. There are: list, show,",
    ],
    [["push"], "usage.invalid: Missing required positional argument: PATH. See: sluice push --help."],
    [["push", "a", "b"], 'usage.invalid: "b" is one argument too many. See: sluice push --help.'],
    [["push", "a", "--fast"], "usage.invalid: There is no option --fast. See: sluice push --help."],
    [["push", "a", "-x"], "usage.invalid: There is no option -x. See: sluice push --help."],
    [["push", "a", "--masks", "guess"], "usage.invalid: Invalid value for argument: --masks (guess)."],
    [["predict", "a"], "usage.invalid: Missing required argument: --out. See: sluice predict --help."],
    [["runs", "--home"], "usage.invalid: --home has no value. See: sluice runs --help."],
    [["models", "show", "two"], 'usage.invalid: NUMBER is "two", not a number. Give 1, 2, 3, …'],
    [["runs", "--stage", "dev", "--home", "x"], "usage.invalid: --stage and --home do not go together"],
    [["runs", "--stage", "Dev/1"], "usage.invalid: --stage Dev/1 is no stage. As in dev, staging, prod."],
    [["models", "--region", "eu-west-1"], "usage.invalid: --region has no --stage. Give both."],
    [["push", "a", "--token", "x"], "usage.invalid: --token has no --api. Give both."],
    [["push", "a", "--api", "ftp://x"], "usage.invalid: --api ftp://x is no address. As in https://…."],
    [
      ["push", "a", "--api", "https://x", "--stage", "dev"],
      "usage.invalid: --api and --stage do not go together.",
    ],
    [["serve", "--port", "99999"], "usage.invalid: --port 99999 is no port. Give a number from 0 to 65535."],
  ])("%j", async (words, message) => {
    const { code, out, err } = await sluice(...words);
    expect(code).toBe(2);
    expect(err.startsWith(message)).toBe(true);
    expect(err).not.toContain("\n");
    expect(out).toBe("");
  });
});

test("what is not there ends with the code of its kind", async () => {
  const at = ["--home", home];
  expect(await sluice("runs", "show", "abc-1", ...at)).toMatchObject({
    code: 6,
    err: "run.not_found: There is no run abc-1. See: sluice runs.",
  });
  expect(await sluice("runs", "show", "../../etc", ...at)).toMatchObject({ code: 6 });
  expect(await sluice("models", "rollback", "3", ...at)).toMatchObject({
    code: 5,
    err: "model.not_found: There is no model 3. See: sluice models.",
  });
  expect(await sluice("dataset", "show", "", ...at)).toMatchObject({ code: 2 });
  expect(await sluice("dataset", "show", "beef", ...at)).toMatchObject({ code: 4 });
  expect(await sluice("sync", ...at)).toMatchObject({ code: 5 });
  expect(await sluice("push", join(home, "nowhere"), ...at)).toMatchObject({ code: 3 });
});

test("a home without anything in it is described, for people and for machines", async () => {
  const at = ["--home", home];
  expect(await sluice("runs", ...at)).toMatchObject({
    code: 0,
    out: "No runs yet: sluice push DIR starts one.",
  });
  expect(await sluice("runs", "--json", ...at)).toMatchObject({ code: 0, out: "[]" });
  expect(JSON.parse((await sluice("models", "--json", ...at)).out)).toMatchObject({
    models: [],
    champion: null,
  });
  expect(await sluice("dataset", "--json", ...at)).toMatchObject({ code: 0, out: "[]" });
});

test("a home that is a file is refused, and a push that cannot be makes none", async () => {
  const file = join(home, "file");
  await writeFile(file, "");
  for (const words of [["runs"], ["push", home], ["models"], ["sync"]]) {
    expect(await sluice(...words, "--home", file)).toMatchObject({
      code: 9,
      err: `world.conflict: The home ${file} is no folder, or cannot be entered. Choose a folder with --home or SLUICE_HOME.`,
    });
  }
  const none = join(home, "none");
  expect(await sluice("push", home, "--home", none)).toMatchObject({ code: 3 });
  expect(await sluice("demo", "--data", join(home, "nowhere"), "--home", none)).toMatchObject({ code: 3 });
  await expect(stat(none)).rejects.toMatchObject({ code: "ENOENT" });
});

test("a report that cannot be read is named", async () => {
  const world = openWorld({ home });
  const { id } = await Run.open({ batch: "abc" }, world);
  await world.blobs.put("reports/abc/report.json", "{ half");
  expect(await sluice("runs", "show", id, "--home", home)).toMatchObject({
    code: 9,
    err: expect.stringContaining("document.invalid: reports/abc/report.json is no JSON. Delete the file"),
  });
});

test("options may stand before the command", async () => {
  expect(await sluice("--home", home, "--json", "runs")).toMatchObject({ code: 0, out: "[]" });
});

test("with --json an error is one line of JSON on stdout, with its message on stderr", async () => {
  const { code, out, err } = await sluice("runs", "show", "abc-1", "--json", "--home", home);
  expect(code).toBe(6);
  expect(JSON.parse(out)).toEqual({
    error: { code: "run.not_found", message: "There is no run abc-1", hint: "See: sluice runs." },
  });
  expect(err).toBe("run.not_found: There is no run abc-1. See: sluice runs.");
});

test("where an error came from is told with --verbose only", async () => {
  expect((await sluice("sync", "--home", home)).err).not.toContain(" at ");
  expect((await sluice("sync", "--verbose", "--home", home)).err).toContain("    at ");
});

test("every command has its help", async () => {
  const commands = ["demo", "dev", "push", "runs", "dataset", "models", "predict", "sync", "serve", "doctor"];
  const all = await sluice("--help");
  expect(all.code).toBe(0);
  expect(all.out).toContain("EXIT CODES");
  for (const name of commands) {
    expect(all.out).toContain(` ${name} `);
    const { code, out } = await sluice(name, "--help");
    expect(code).toBe(0);
    expect(out).toContain(`USAGE sluice ${name}`);
  }
  const rollback = await sluice("models", "rollback", "--help");
  expect(rollback.out).toContain("USAGE sluice models rollback [OPTIONS] [NUMBER]");
});
