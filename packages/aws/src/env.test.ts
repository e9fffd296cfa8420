import { expect, test } from "vitest";
import { readEnv, readGithub, readSettings } from "./env";
import { openHostWorld } from "./world";

test("the variables asked for are read", () => {
  const env = { SLUICE_BUCKET: "b", SLUICE_TABLE: "t", SLUICE_STAGE: "dev" };
  expect(readEnv(["bucket", "table"], env)).toEqual({ bucket: "b", table: "t" });
});

test.each([
  [{ SLUICE_BUCKET: "b" }, "SLUICE_TABLE is not set"],
  [{ SLUICE_BUCKET: "", SLUICE_TABLE: "" }, "SLUICE_BUCKET, SLUICE_TABLE are not set"],
])("all that are missing are named: %j", (env, message) => {
  const fault = expect.objectContaining({ code: "world.misconfigured", message });
  expect(() => readEnv(["bucket", "table"], env)).toThrow(fault);
  expect(() => openHostWorld(env)).toThrow(fault);
});

test("settings are filled in from the defaults", () => {
  expect(readSettings({})).toMatchObject({ stage: "local", masks: "reject" });
  const env = { SLUICE_SETTINGS: '{"stage":"dev","gate":{"diceFloor":0.5}}' };
  expect(readSettings(env)).toMatchObject({ stage: "dev", gate: { diceFloor: 0.5, iouFloor: 0.6 } });
});

test("a forge is configured, or not", () => {
  expect(readGithub({})).toBeUndefined();
  const github = { owner: "o", repo: "r", appId: 1, installationId: 2 };
  expect(readGithub({ SLUICE_GITHUB: JSON.stringify(github) })).toEqual(github);
  expect(readGithub({ SLUICE_GITHUB: JSON.stringify({ ...github, appId: "1" }) })).toEqual(github);
});

test.each([
  ["SLUICE_SETTINGS", "{", "SLUICE_SETTINGS is no JSON"],
  ["SLUICE_SETTINGS", '{"masks":"keep"}', "SLUICE_SETTINGS does not fit: masks"],
  ["SLUICE_GITHUB", '{"owner":"o"}', "SLUICE_GITHUB does not fit: repo"],
])("%s=%s is named", (name, value, message) => {
  const read = name === "SLUICE_GITHUB" ? readGithub : readSettings;
  const fault = { code: "world.misconfigured", message: expect.stringContaining(message) };
  expect(() => read({ [name]: value })).toThrow(expect.objectContaining(fault));
});
