import type { AnnounceAnswer } from "@sluice/control/batches/schemas";
import { drawSamples } from "@sluice/samples";
import { expect } from "vitest";

export interface BatchFile {
  /** `images/meter_1.jpg` */
  name: string;
  bytes: Buffer;
}

/** Drawn pairs as the files of a batch. The same numbers are the same pictures. */
export async function drawn(count: number, first: number): Promise<BatchFile[]> {
  const files: BatchFile[] = [];
  for await (const { id, photo, mask } of drawSamples({ count, seed: 7, first })) {
    files.push({ name: `images/${id}.jpg`, bytes: photo }, { name: `masks/${id}.png`, bytes: mask });
  }
  return files;
}

/** How the API is asked: the path, and what fetch takes. */
export type Ask = (path: string, init?: RequestInit) => Promise<Response>;

/** The answer's JSON, which must have come with that status. */
export async function answered<T>(response: Response, status = 200): Promise<T> {
  const text = await response.text();
  expect(response.status, text).toBe(status);
  return JSON.parse(text) as T;
}

/** Announces a batch, and answers how each of its files is sent. */
export async function announce(ask: Ask, files: BatchFile[], batch?: string): Promise<AnnounceAnswer> {
  const announced = files.map(({ name, bytes }) => ({ name, bytes: bytes.length }));
  const body = JSON.stringify({ ...(batch && { batch }), files: announced });
  return answered(await ask("/batches", { method: "POST", body, headers: JSON_BODY }));
}
export const JSON_BODY = { "content-type": "application/json" };

type Upload = NonNullable<AnnounceAnswer["zip"]>;

/** Sends one file as its presigned form says, or as the test has changed it. */
export function send({ url, method, fields = {}, headers }: Upload, bytes: Uint8Array): Promise<Response> {
  if (method === "PUT") return fetch(url, { method, headers, body: new Uint8Array(bytes) });
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  form.set("file", new Blob([new Uint8Array(bytes)]));
  return fetch(url, { method, body: form });
}

/** A person brings a batch: announced, sent file by file, completed. Answers its name. */
export async function bring(ask: Ask, files: BatchFile[], name?: string): Promise<string> {
  const { batch, files: uploads } = await announce(ask, files, name);
  for (const { name, upload } of uploads) {
    const file = files.find((f) => f.name === name);
    if (!file || !upload) throw new Error(`${name} was not asked for, or is there already`);
    const response = await send(upload, file.bytes);
    expect(response.ok, `${name}: ${response.status} ${await response.text()}`).toBe(true);
  }
  await answered(await ask(`/batches/${batch}/complete`, { method: "POST", body: "{}", headers: JSON_BODY }));
  return batch;
}
