import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import * as z from "zod";
import { FROM_ENVIRONMENT } from "../../stacks/stage";

const FOLDER = join(import.meta.dirname, "../../.github/workflows");
const Permissions = z.record(z.string(), z.enum(["read", "write", "none"]));
const Step = z.strictObject({
  id: z.string().optional(),
  name: z.string().optional(),
  uses: z.string().optional(),
  run: z.string().optional(),
  with: z.record(z.string(), z.unknown()).optional(),
  env: z.record(z.string(), z.string()).optional(),
});
const Job = z.strictObject({
  needs: z.string().or(z.array(z.string())).optional(),
  if: z.string().optional(),
  uses: z.string().optional(),
  with: z.record(z.string(), z.unknown()).optional(),
  "runs-on": z.string().optional(),
  "timeout-minutes": z.number().optional(),
  environment: z.string().optional(),
  permissions: Permissions,
  strategy: z.record(z.string(), z.unknown()).optional(),
  env: z.record(z.string(), z.string()).optional(),
  steps: z.array(Step).optional(),
});
/** What these workflows use of GitHub's language; a misspelt key fits nowhere. */
const Workflow = z.strictObject({
  name: z.string(),
  on: z.record(z.string(), z.unknown()),
  permissions: z.strictObject({}),
  concurrency: z
    .strictObject({ group: z.string(), "cancel-in-progress": z.boolean().or(z.string()) })
    .optional(),
  jobs: z.record(z.string(), Job),
});

const files = readdirSync(FOLDER);
const text = (file: string) => readFileSync(join(FOLDER, file), "utf8");
const workflow = (file: string) => Workflow.parse(parse(text(file)));
const jobsOf = (file: string) => Object.values(workflow(file).jobs);

test("there are the workflows that the documentation names", () => {
  expect(files.sort()).toEqual(["ci.yml", "data.yml", "deploy-stage.yml", "deploy.yml"]);
});

describe.each(files)("%s", (file) => {
  test("has no right but those that a job asks for, and no job asks for more than reading and a token", () => {
    for (const { permissions } of jobsOf(file)) {
      expect(["contents=read", "contents=read id-token=write"]).toContain(
        Object.entries(permissions)
          .map((pair) => pair.join("="))
          .join(" "),
      );
    }
  });

  test("pins every action to a commit, and says which version that is", () => {
    const uses = text(file)
      .split("\n")
      .filter((line) => /^\s*(- )?uses:/.test(line));
    expect(uses.length).toBeGreaterThan(0);
    for (const line of uses)
      expect(line).toMatch(
        /uses: (\.\/\.github\/workflows\/[\w-]+\.yml|[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/,
      );
  });

  test("calls workflows that are there", () => {
    for (const { uses } of jobsOf(file)) if (uses) expect(files).toContain(uses.split("/").at(-1));
  });

  test("puts no value of an event or a variable into a script's text", () => {
    const scripts = jobsOf(file).flatMap(({ steps = [] }) => steps.map(({ run = "" }) => run));
    for (const script of scripts) expect(script).not.toContain("${{");
  });

  test("has a limit for every job, and leaves no token in the checkout", () => {
    for (const { steps, "timeout-minutes": limit, uses } of jobsOf(file)) {
      if (uses) continue;
      expect(limit).toBeLessThanOrEqual(60);
      const checkout = steps?.find((step) => step.uses?.startsWith("actions/checkout@"));
      expect(checkout?.with).toEqual({ "persist-credentials": false });
    }
  });
});

test("dev, staging and prod follow each other, each in its environment, one deployment at a time", () => {
  const { ci, dev, staging, prod } = workflow("deploy.yml").jobs;
  expect([ci?.needs, dev?.needs, staging?.needs, prod?.needs]).toEqual([
    undefined,
    ["ci", "image"],
    "dev",
    "staging",
  ]);
  expect([dev?.with, staging?.with, prod?.with]).toEqual([
    { stage: "dev" },
    { stage: "staging" },
    { stage: "prod" },
  ]);
  const { jobs, concurrency } = workflow("deploy-stage.yml");
  const stage = "{{ inputs.stage }}";
  expect(jobs.deploy?.environment).toBe(`$${stage}`);
  expect(concurrency).toEqual({ group: `deploy-$${stage}`, "cancel-in-progress": false });
});

test("a deployment by GitHub may be told all that one by hand may: another disk would be another host", () => {
  const env = workflow("deploy-stage.yml").jobs.deploy?.env ?? {};
  const { image, ...told } = FROM_ENVIRONMENT;
  expect(env).not.toHaveProperty(image); // it is what the job has pushed
  for (const variable of Object.values(told))
    expect(env[variable], variable).toBe(`$\{{ vars.${variable} }}`);
});

test("the image is built once without a right, pushed by each stage, and deployed by its digest", () => {
  const { image } = workflow("deploy.yml").jobs;
  expect(image?.permissions).toEqual({ contents: "read" });
  expect(image).not.toHaveProperty("environment");
  const upload = image?.steps?.at(-1);
  expect(upload?.with).toMatchObject({ name: "image", path: "image.tar" });

  const steps = workflow("deploy-stage.yml").jobs.deploy?.steps ?? [];
  const [signIn, download, push, deploy] = steps.slice(-4);
  expect(signIn?.uses).toMatch(/^aws-actions\/configure-aws-credentials@/);
  expect(download?.with).toEqual({ name: "image" });
  expect(push).toMatchObject({
    id: "image",
    run: expect.stringContaining('deploy/image/push "$STAGE" "$GITHUB_SHA" image.tar'),
  });
  expect(deploy).toEqual({
    run: 'npx sst deploy --stage "$STAGE"',
    env: { SLUICE_IMAGE: `$\{{ steps.image.outputs.image }}` },
  });
});

test("data is uploaded from data/* by the role of its own environment", () => {
  const { on, jobs } = workflow("data.yml");
  expect(on).toEqual({ push: { branches: ["data/*"] } });
  expect(jobs.upload?.environment).toBe("data");
  expect(jobs.upload?.steps?.at(-1)?.run).toBe('npx sluice push data --stage "$STAGE" --detach');
});
