import { expect, test } from "vitest";
import { filesOf } from "./multipart";

const files = (text: string, type = "multipart/form-data; boundary=b") =>
  filesOf(Buffer.from(text), type).map(({ field, name, bytes }) => [
    field,
    name,
    Buffer.from(bytes).toString(),
  ]);

const part = (disposition: string, content: string) =>
  `--b\r\nContent-Disposition: form-data; ${disposition}\r\nContent-Type: image/jpeg\r\n\r\n${content}\r\n`;

test("files in order, with a name or only a type; plain fields passed over", () => {
  const form = [
    part('name="image"; filename="a.jpg"', "AAA"),
    part('name="note"', "hello").replace("image/jpeg", "text/plain"),
    part('name="image"', "BBB"),
    part('filename="b.jpg"; name=images', ""),
  ];
  expect(files(`${form.join("")}--b--\r\n`)).toEqual([
    ["image", "a.jpg", "AAA"],
    ["image", "", "BBB"],
    ["images", "b.jpg", ""],
  ]);
});

test("line ends and dashes inside a file are its own", () => {
  const content = "\r\n\r\n--\r\n-b--b\r\n";
  expect(files(`${part('name="image"; filename="a"', content)}--b--`)).toEqual([["image", "a", content]]);
});

test("a preamble, padding behind the boundary, and a quoted boundary", () => {
  const form = `ignored\r\n--b c \r\ncontent-disposition: FORM-DATA; name="i"; filename="a"\r\n\r\nX\r\n--b c--`;
  expect(files(form, 'multipart/form-data; charset=utf-8; boundary="b c"')).toEqual([["i", "a", "X"]]);
});

test("names with quotes, umlauts and line ends", () => {
  const form = part('name="i"; filename="Z%C3%A4hler \\"1\\" %22%0D%0Aä.jpg"', "X");
  expect(files(`${form}--b--`)).toEqual([["i", 'Z%C3%A4hler "1" "ä.jpg', "X"]]);
});

test("a form as the platform writes it", async () => {
  const data = new FormData();
  data.append("image", new File(["AAA"], 'q"uo\nte.jpg'));
  data.append("image", new File(["BBB"], "b.jpg"));
  const request = new Request("http://x", { method: "POST", body: data });
  const body = Buffer.from(await request.arrayBuffer());
  const found = filesOf(body, request.headers.get("content-type") ?? "");
  expect(found.map(({ name, bytes }) => [name, Buffer.from(bytes).toString()])).toEqual([
    ['q"uote.jpg', "AAA"],
    ["b.jpg", "BBB"],
  ]);
});

test.each([
  ["no boundary in the type", "--b--", "multipart/form-data", "its Content-Type has no boundary"],
  ["another boundary", "--c--", "multipart/form-data; boundary=b", "its boundary is not in it"],
  ["nothing at all", "", "multipart/form-data; boundary=b", "its boundary is not in it"],
  [
    "no end",
    '--b\r\nContent-Disposition: form-data; name="i"; filename="a"\r\n\r\nXX',
    undefined,
    "it is cut off",
  ],
  ["no headers", "--b\r\nXX\r\n--b--", undefined, "it is cut off"],
  ["only a beginning", "--b", undefined, "it is cut off"],
])("%s: the form is refused", (_, text, type, why) => {
  expect(() => files(text, type)).toThrow(`The multipart form cannot be read: ${why}`);
});
