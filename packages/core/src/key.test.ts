import { expect, test } from "vitest";
import { checkKey } from "./key";

test.each(["a", "jobs/run-1/job.json", "incoming/a b/Zähler (1).jpg", ".hidden/a", "水".repeat(85)])(
  "%s is a key",
  (key) => expect(() => checkKey(key)).not.toThrow(),
);

test.each([
  ["", "an empty name"],
  ["a//b", "an empty name"],
  ["/a", "an empty name"],
  ["a/", "an empty name"],
  ["../a", ". or .."],
  ["a/./b", ". or .."],
  ["a\\b", "backslash"],
  ["a\0b", "NUL"],
  ["水".repeat(86), "over 255 bytes"],
  [`${"a/".repeat(512)}a`, "over 1,024 bytes"],
])("%j is none: %s", (key, fault) => {
  const refusal = { code: "usage.invalid", message: expect.stringContaining(fault) };
  expect(() => checkKey(key)).toThrow(expect.objectContaining(refusal));
});

test("a world may refuse more", () => {
  const taken = ([first]: string[]) => (first === ".tmp" ? ".tmp is taken" : null);
  expect(() => checkKey(".tmp/a", taken)).toThrow('".tmp/a" is no key: .tmp is taken');
  expect(() => checkKey("a/.tmp", taken)).not.toThrow();
});
