// A program for the tests: counts a document up, so many times, from a process of its own.
import * as z from "zod";
import { fileDocuments } from "./index";

const [dir = "", times = "0"] = process.argv.slice(2);
const documents = fileDocuments(dir);
for (let i = 0; i < Number(times); i++) {
  await documents.update("counter", z.object({ count: z.number() }), (current) => ({
    count: (current?.count ?? 0) + 1,
  }));
  if (i === 0) console.log("begun");
}
