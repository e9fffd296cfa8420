import { expect, test } from "vitest";
import { stageConfig } from "../../stacks/stage";

test("a stage by its name", () => {
  expect(stageConfig("dev", {})).toMatchObject({
    kind: "dev",
    instanceType: "t3.large",
    diskGb: 30,
    approvals: 0,
    servesAlways: false,
    jwt: null,
    publicPredict: false,
    settings: { stage: "dev", servesAlways: false },
  });
  expect(stageConfig("staging", {})).toMatchObject({ approvals: 1, keepsData: false });
  expect(stageConfig("prod", {})).toMatchObject({
    approvals: 2,
    keepsData: true,
    settings: { stage: "prod", servesAlways: true },
  });
});

test.each(["dev-anna", "test-1"])("%s is a dev stage of one's own", (name) => {
  expect(stageConfig(name, {})).toMatchObject({ name, kind: "dev", settings: { stage: name } });
});

test.each(["prd", "production", "dev-", "dev-Anna", "test", `dev-${"a".repeat(16)}`, ""])(
  "%s is refused, with the names that there are",
  (name) => {
    expect(() => stageConfig(name, {})).toThrowError(
      expect.objectContaining({
        code: "usage.invalid",
        message: `There is no stage ${name}`,
        hint: expect.stringContaining("dev, staging, prod"),
      }),
    );
  },
);

test("the environment decides what may differ from account to account", () => {
  const stage = stageConfig("dev", {
    SLUICE_INSTANCE_TYPE: "m7i.large",
    SLUICE_DISK_GB: "60",
    SLUICE_SERVING_CIDR: "203.0.113.0/24",
    SLUICE_GITHUB: '{"owner":"o","repo":"r","appId":1,"installationId":2}',
    SLUICE_JWT: '{"issuer":"https://people.example.org","audience":["sluice"]}',
    SLUICE_SETTINGS: '{"masks":"threshold","stage":"another"}',
    SLUICE_SERVES_ALWAYS: "true",
  });
  expect(stage).toMatchObject({
    instanceType: "m7i.large",
    diskGb: 60,
    servingCidr: "203.0.113.0/24",
    github: { owner: "o", repo: "r", appId: 1, installationId: 2 },
    jwt: { issuer: "https://people.example.org", audience: ["sluice"] },
    settings: { stage: "dev", masks: "threshold", servesAlways: true },
  });
});

test.each([
  ["SLUICE_DISK_GB", "tiny", "diskGb"],
  ["SLUICE_SERVING_CIDR", "everywhere", "servingCidr"],
  ["SLUICE_JWT", '{"issuer":"https://people.example.org"}', "jwt.audience"],
  ["SLUICE_SETTINGS", '{"masks":"any"}', "settings.masks"],
  ["SLUICE_IMAGE", "1.dkr.ecr.eu-west-1.amazonaws.com/sluice-dev:latest", "image.*a tag may move"],
  ["SLUICE_IMAGE", `sluice-dev@sha256:${"a".repeat(64)}`, "image"],
])("%s that does not fit is refused, and named", (variable, value, field) => {
  expect(() => stageConfig("dev", { [variable]: value })).toThrowError(
    expect.objectContaining({
      code: "usage.invalid",
      message: expect.stringMatching(`${variable}.*${field}`),
    }),
  );
});
