import { expect, test } from "vitest";
import { safeName } from "./file-name";

test.each([
  ["meter 17.jpg", "meter 17.jpg"],
  ["../../etc/passwd", "passwd"],
  ["C:\\photos\\a.jpg", "a.jpg"],
  ["a\u0000b\u001b[31m\u202egpj.exe", "ab[31mgpj.exe"],
  ["line\nbreak.jpg", "linebreak.jpg"],
  ["Zähler №1 📷.jpg", "Zähler №1 📷.jpg"],
  ["", "The photo"],
  ["../", "The photo"],
  ["x".repeat(300), "x".repeat(80)],
])("%j is shown as %j", (name, shown) => {
  expect(safeName(name)).toBe(shown);
});
