import { ERROR_CODES } from "@sluice/core/errors";
import { expect, test } from "vitest";
import { exitCodeHelp, exitCodeOf } from "./exit-codes";

test.each([
  ["usage.invalid", 2],
  ["usage.not_found", 2],
  ["input.unreadable", 3],
  ["photo.too_large", 3],
  ["batch.rejected", 3],
  ["dataset.corrupt", 4],
  ["model.not_found", 5],
  ["release.conflict", 5],
  ["run.not_found", 6],
  ["gate.not_evaluable", 6],
  ["host.busy", 7],
  ["training.diverged", 7],
  ["serving.unreachable", 8],
  ["world.locked", 9],
  ["blob.missing", 9],
  ["document.invalid", 9],
  ["forge.failed", 9],
  ["something.else", 70],
])("%s ends with %i", (code, exit) => {
  expect(exitCodeOf(code)).toBe(exit);
});

test("every error has a kind, and the help explains its exit code", () => {
  const help = exitCodeHelp();
  for (const code of ERROR_CODES) {
    const exit = exitCodeOf(code);
    expect(exit, code).not.toBe(70);
    expect(help).toMatch(new RegExp(`^ *${exit}  \\S`, "m"));
  }
});
