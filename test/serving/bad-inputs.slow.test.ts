import { connect } from "node:net";
import { greyPhoto, raw } from "@sluice/serving/testing/index";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import type { Case } from "./inputs/case";
import { badForms, oddForms } from "./inputs/forms";
import { badPhotos, oddPhotos } from "./inputs/photos";
import { badRequests, oddRequests } from "./inputs/requests";
import { badZips, oddZips } from "./inputs/zips";
import { type ServingProcess, startProcess } from "./process";
import { posting, talk } from "./socket";

let server: ServingProcess;
beforeAll(async () => {
  server = await startProcess();
});
afterAll(async () => {
  expect(await server.stop()).toBe(0);
});

const Answer = z.object({
  width: z.number().optional(),
  height: z.number().optional(),
  results: z.array(z.object({ error: z.object({ code: z.string() }).optional() })).optional(),
});

const send = async ({ path = "/predict", request }: Case) => fetch(`${server.url}${path}`, await request());
const ID = /^[0-9a-f-]{36}$/;

test("there are at least 60 bad inputs, each of its own kind", () => {
  const all = [...badPhotos, ...badForms, ...badZips, ...badRequests].map(({ what }) => what);
  expect(new Set(all).size).toBe(all.length);
  expect(all.length).toBeGreaterThanOrEqual(60);
});

describe("bad photos, forms and zips get their own 4xx with a code", () => {
  test.each([...badPhotos, ...badForms, ...badZips])("$what: $status $code", async (input) => {
    const response = await send(input);
    const { error } = (await response.json()) as { error: Record<string, string> };
    expect([response.status, error.code]).toEqual([input.status, input.code]);
    expect(error.message).toMatch(/^[^\n]{5,300}$/);
    expect(response.headers.get("x-request-id")).toMatch(ID);
    expect(response.headers.get("cache-control")).toBe("no-store");
  });
});

describe("odd ones are answered", () => {
  test.each([...oddPhotos, ...oddForms, ...oddZips])("$what", async (input) => {
    const response = await send(input);
    const answer = Answer.parse(await response.json());
    expect({ status: response.status, answer }).toMatchObject({ status: input.status });
    if (input.size) expect([answer.width, answer.height]).toEqual(input.size);
    if (!input.results) return;
    expect(answer.results?.map(({ error }) => error?.code ?? null)).toEqual(input.results);
  });
});

describe("what is sent byte by byte", () => {
  test.each([...badRequests, ...oddRequests])("$what", async ({ parts, answers }) => {
    const replies = await talk(server.port, await parts(), answers.length);
    expect(
      replies.map(({ status, code }, i) => (Array.isArray(answers[i]) ? [status, code] : status)),
    ).toEqual(answers);
    for (const { headers } of replies) expect(headers["x-request-id"]).toMatch(ID);
  });
});

test("a client that is cut off in the midst of its photo harms nobody", async () => {
  for (const end of ["destroy", "resetAndDestroy"] as const) {
    const socket = connect(server.port, "127.0.0.1");
    await new Promise((sent) => socket.write(posting({ "Content-Length": 5_000 }).join(""), sent));
    socket[end]();
  }
  expect((await fetch(`${server.url}/predict`, raw(await greyPhoto()))).status).toBe(200);
});
