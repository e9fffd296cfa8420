import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { run, testFolder } from "../host/testing";

const REPOSITORY = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/sluice-dev";
const DIGEST = `sha256:${"a".repeat(64)}`;

/** `push dev c0ffee image.tar` with programs that answer as those of AWS and skopeo do, and note what they are told. */
async function push({ describe = `echo ${REPOSITORY}`, get = "echo None", copy = "" }) {
  const folder = await testFolder();
  const program = (name: string, script: string) => {
    writeFileSync(join(folder, name), `#!/bin/sh\necho "${name} $*" >>"${folder}/told"\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  };
  program("aws", `case $2 in describe-*) ${describe} ;; batch-get-image) ${get} ;; *) echo secret ;; esac`);
  program(
    "skopeo",
    `[ "$1" = login ] && { cat >"${folder}/password"; exit; }\n${copy || `echo ${DIGEST} >"$6"`}`,
  );
  const PATH = `${folder}:${process.env.PATH}`;
  const ran = await run(join(import.meta.dirname, "push"), ["dev", "c0ffee", "image.tar"], { PATH });
  const told = await run("cat", [join(folder, "told")]);
  return { ...ran, told: told.stdout };
}

test("an image is pushed under its commit as it was built, and named by its digest", async () => {
  const { code, stdout, told } = await push({});
  expect({ code, stdout }).toEqual({ code: 0, stdout: `${REPOSITORY}@${DIGEST}\n` });
  expect(told).toMatch(/copy --preserve-digests .*oci-archive:image.tar docker:\/\/.*\/sluice-dev:c0ffee$/m);
  expect(told).not.toContain("secret");
});

test("a commit whose image is there is not pushed again", async () => {
  const { code, stdout, told } = await push({ get: `echo ${DIGEST}` });
  expect({ code, stdout }).toEqual({ code: 0, stdout: `${REPOSITORY}@${DIGEST}\n` });
  expect(told).not.toContain("skopeo");
});

test("before the stage's first deployment there is nowhere to push to, which is no failure", async () => {
  const describe = "echo 'An error occurred (RepositoryNotFoundException)' >&2; exit 254";
  const { code, stdout, stderr } = await push({ describe });
  expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
  expect(stderr).toContain("dev has no repository yet");
});

test.each([
  [
    "looking for the repository",
    { describe: "echo 'An error occurred (AccessDeniedException)' >&2; exit 254" },
  ],
  ["looking for the image", { get: "exit 254" }],
  ["pushing", { copy: "exit 1" }],
])("what fails in %s is a failure, and names no image", async (_, failing) => {
  const { code, stdout } = await push(failing);
  expect(code).not.toBe(0);
  expect(stdout).toBe("");
});
