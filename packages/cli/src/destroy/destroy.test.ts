import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { run } from "../cli";
import { recordingIo } from "../testing";
import { confirmation } from "./confirm";

const terminal = (typed: string | null, isTTY = true) => {
  const input = Object.assign(new PassThrough(), { isTTY });
  if (typed === null) input.end();
  else input.write(`${typed}\n`);
  return { input, output: new PassThrough() };
};

describe("nothing is removed", () => {
  test.each([
    ["another name is typed", undefined, terminal("dev-ann"), '"dev-ann" is not the stage\'s name'],
    ["nothing is typed", undefined, terminal(""), '"" is not the stage\'s name'],
    ["the terminal is closed", undefined, terminal(null), '"" is not the stage\'s name'],
    ["another name is given", "dev", terminal("dev-anna"), '"dev" is not the stage\'s name'],
    ["nobody can be asked", undefined, terminal("dev-anna", false), "There is no terminal to confirm at"],
  ])("where %s", async (_, given, at, message) => {
    await expect(confirmation("dev-anna", given, at)).rejects.toMatchObject({
      code: "usage.invalid",
      message: `${message}; nothing was removed`,
      hint: "Confirm it: --confirm dev-anna.",
    });
  });

  test.each([
    [["--stage", "prod", "--confirm", "prod"], "Stage prod serves people and is not destroyed just so"],
    [["--stage", "prd", "--yes-really"], "There is no stage prd"],
    [[], "Missing required argument: --stage"],
  ])("by sluice destroy %j", async (words, message) => {
    const { io, complained } = recordingIo();
    expect(await run(["destroy", ...words], (asked) => Object.assign(io, asked))).toBe(2);
    expect(complained.join("\n")).toContain(message);
  });
});

test("the stage's name, typed or given, is a confirmation", async () => {
  await confirmation("dev-anna", undefined, terminal("dev-anna"));
  await confirmation("dev-anna", "dev-anna", terminal(null, false));
});
