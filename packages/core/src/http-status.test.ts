import { expect, test } from "vitest";
import { ERROR_CODES } from "./errors";
import { httpStatus } from "./http-status";

test("every error code has a status, and nothing else has one", () => {
  expect(Object.keys(httpStatus).sort()).toEqual([...ERROR_CODES].sort());
});

test("each status says that something went wrong", () => {
  for (const status of Object.values(httpStatus)) {
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
  }
});

test("what a client of the predict page meets", () => {
  expect(httpStatus["serving.body_too_large"]).toBe(413);
  expect(httpStatus["photo.too_large"]).toBe(413);
  expect(httpStatus["photo.unsupported"]).toBe(415);
  expect(httpStatus["photo.unreadable"]).toBe(422);
  expect(httpStatus["serving.busy"]).toBe(429);
  expect(httpStatus["model.not_ready"]).toBe(503);
});
