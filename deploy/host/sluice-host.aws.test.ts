import { spawn } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { once } from "node:events";
import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { expect, onTestFinished, test } from "vitest";
import { releaseKey } from "../../packages/aws/src/release";
import { tar } from "../../packages/aws/src/release/tar";
import { inject } from "../../packages/aws/src/testing/emulator";
import { run, testFolder } from "./testing";

const PROGRAM = fileURLToPath(new URL("./sluice-host", import.meta.url));
const s3 = new S3Client({ forcePathStyle: true });

/** A release whose agent says what it was asked for. */
function release(version = "1", { native = true } = {}) {
  const files = {
    "package.json": "{}",
    "package-lock.json": "{}",
    "packages/aws/package.json": "{}",
    "packages/aws/bin/sluice-agent.mjs": `#!/bin/sh\necho "agent of ${version}: $*"; command -v sluice-agent`,
    "packages/trainer/package.json": "{}",
    "scripts/install-backends.mjs": `console.log("training on ${native ? "native TensorFlow" : "wasm"}")`,
  };
  const archive = tar(
    Object.entries(files).map(([path, text]) => ({
      path,
      bytes: Buffer.from(text),
      isProgram: path.endsWith("agent.mjs"),
    })),
  );
  return { digest: createHash("sha256").update(archive).digest("hex"), bytes: gzipSync(archive) };
}

/** A host with a bucket, and an npm that notes how it is called and installs one package. */
async function host() {
  const dir = await testFolder();
  const bucket = `host-${randomUUID()}`;
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  const shim = async (name: string, text: string) => {
    await mkdir(join(dir, "bin"), { recursive: true });
    await writeFile(join(dir, "bin", name), `#!/bin/sh\n${text}\n`);
    await chmod(join(dir, "bin", name), 0o755);
  };
  const npm = `echo "$*" >>${dir}/npm-calls\nmkdir -p node_modules/zod node_modules/@sluice packages/aws/node_modules`;
  await shim("npm", npm);
  const home = join(dir, "home");
  const env = {
    PATH: `${dir}/bin:${process.env.PATH}`,
    SLUICE_BUCKET: bucket,
    SLUICE_HOST_DIR: home,
  };
  const put = (digest: string, Body: Buffer) =>
    s3.send(new PutObjectCommand({ Bucket: bucket, Key: releaseKey(digest), Body }));
  const publish = async (...args: Parameters<typeof release>) => {
    const { digest, bytes } = release(...args);
    await put(digest, bytes);
    return digest;
  };
  const fetch = (digest: string, more: NodeJS.ProcessEnv = {}) =>
    run(PROGRAM, ["fetch", "--release", digest], { ...env, ...more });
  const npmCalls = async () =>
    (await readFile(join(dir, "npm-calls"), "utf8").catch(() => "")).split("\n").filter(Boolean);
  const inHome = (folder: string) => readdir(join(home, folder)).then((names) => names.sort());
  return { dir, env, home, shim, npm, put, publish, fetch, npmCalls, inHome };
}

test("a release is fetched, its packages installed once per lock, and the line handed to its agent", async () => {
  const { env, home, publish, fetch, npmCalls, inHome } = await host();
  const first = await publish("1");
  expect(await fetch(first)).toMatchObject({ code: 0, stdout: "" });
  const second = await publish("2");
  const args = ["run", "--release", second, "--id", "c-1", "--timeout", "60", "--", "echo 'it is'"];
  expect(await run(PROGRAM, args, env)).toMatchObject({
    code: 0,
    stdout: `agent of 2: run --id c-1 --timeout 60 -- echo 'it is'\n${home}/releases/${second}/programs/sluice-agent\n`,
  });
  expect(await npmCalls()).toEqual([
    expect.stringMatching(/^ci --omit=dev --ignore-scripts .*-w @sluice\/trainer/),
  ]);
  expect(await inHome("releases")).toEqual([first, second].sort());
  expect(await inHome(`releases/${second}/node_modules`)).toEqual(["@sluice", "zod"]);
  expect(await inHome(`releases/${second}/node_modules/@sluice/aws`)).toContain("bin");
  expect(await inHome("")).toContain("alive");
});

test.each([
  [["run"]],
  [["fetch", "--release", "abc"]],
  [["fetch", "--release", "../".repeat(22).slice(0, 64)]],
  [["fetch", "--release"]],
  [["install", "--release", "0".repeat(64)]],
])("%j is a wrong use", async (args) => {
  const { env } = await host();
  expect(await run(PROGRAM, args, env)).toMatchObject({ code: 64, stdout: "" });
});

test("what is not the release, or damaged, is refused, and nothing of it stays", async () => {
  const { put, fetch, inHome } = await host();
  const [good, other] = [release("1"), release("2")];
  for (const [bytes, message] of [
    [other.bytes, /has another digest\. Deploy/],
    [good.bytes.subarray(0, 200), /is damaged\. Deploy/],
    [Buffer.from("no archive"), /is damaged\. Deploy/],
  ] as const) {
    await put(good.digest, bytes);
    expect(await fetch(good.digest)).toMatchObject({ code: 65, stderr: expect.stringMatching(message) });
  }
  await put(good.digest, good.bytes);
  expect(await fetch(good.digest)).toMatchObject({ code: 0 });
  expect(await inHome("releases")).toEqual([good.digest]);
});

test("a release that is missing, or may not be read, is named; a failing bucket is asked again", async () => {
  const { publish, fetch } = await host();
  expect(await fetch("0".repeat(64))).toMatchObject({
    code: 69,
    stderr: expect.stringContaining("has no release 0000"),
  });
  const digest = await publish();
  const fault = { service: "s3", action: "GetObject", resource: digest };
  await inject({ ...fault, status: 403, code: "AccessDenied" });
  expect(await fetch(digest)).toMatchObject({
    code: 69,
    stderr: expect.stringContaining("may not read releases/host/"),
  });
  await inject({ ...fault, status: 503, code: "SlowDown" });
  expect(await fetch(digest)).toMatchObject({ code: 0 });
});

test("without network it says so", async () => {
  const { fetch } = await host();
  const answer = await fetch("0".repeat(64), { AWS_ENDPOINT_URL: "http://localhost:9" });
  expect(answer).toMatchObject({
    code: 69,
    stderr: expect.stringMatching(/is not reached\. Is the host's network up\?/),
  });
});

test("without space it says how much is missing", async () => {
  const { shim, publish, fetch, inHome } = await host();
  await shim("df", 'printf "File 1024-blocks Used Available\\nx 1 1 10240\\n"');
  expect(await fetch(await publish())).toMatchObject({
    code: 73,
    stderr: expect.stringMatching(/has 10 MB free, and needs 200 MB\. Enlarge/),
  });
  expect(await inHome("releases")).toEqual([]);
});

test("an npm that fails, or is killed half-way, leaves nothing that is taken for whole", async () => {
  const { shim, npm, env, publish, fetch, inHome } = await host();
  const digest = await publish();
  await shim("npm", "mkdir node_modules; echo ENOTFOUND >&2; exit 1");
  expect(await fetch(digest)).toMatchObject({
    code: 70,
    stderr: expect.stringMatching(/ENOTFOUND\n.*npm ci failed/),
  });

  await shim("npm", "mkdir node_modules/half; sleep 60");
  const killed = spawn(PROGRAM, ["fetch", "--release", digest], {
    env: { ...process.env, ...env },
    detached: true,
  });
  await expect
    .poll(() => inHome("modules").catch(() => []), { timeout: 20_000 })
    .toEqual([expect.stringMatching(/new$/)]);
  process.kill(-(killed.pid ?? 0), "SIGKILL");
  await once(killed, "exit");

  await shim("npm", npm);
  expect(await fetch(digest)).toMatchObject({ code: 0 });
  expect(await inHome("modules")).toEqual([expect.stringMatching(/^[0-9a-f]{16}$/)]);
  expect(await inHome(`releases/${digest}/node_modules`)).toEqual(["@sluice", "zod"]);
});

test("where native TensorFlow could not be had, the next command tries again", async () => {
  const { publish, fetch } = await host();
  const wasm = await publish("1", { native: false });
  for (let attempt = 0; attempt < 2; attempt++)
    expect(await fetch(wasm)).toMatchObject({ code: 0, stderr: "training on wasm\n" });
  const { publish: publishThere, fetch: fetchThere } = await host();
  const native = await publishThere();
  expect(await fetchThere(native)).toMatchObject({ stderr: "training on native TensorFlow\n" });
  expect(await fetchThere(native)).toMatchObject({ code: 0, stderr: "" });
});

test("the three releases that were used last stay", async () => {
  const { publish, fetch, inHome } = await host();
  const digests = [];
  for (const version of ["1", "2", "3", "4"]) {
    digests.push(await publish(version));
    await fetch(digests.at(-1) ?? "");
    await new Promise((resolve) => setTimeout(resolve, 1_100)); // some file systems know seconds only
    if (version === "3") await fetch(digests[0] ?? "");
    await new Promise((resolve) => setTimeout(resolve, 1_100));
  }
  expect(await inHome("releases")).toEqual([digests[0], digests[2], digests[3]].sort());
});

test("on the host, the credentials are the instance's own; without a role it says so", async () => {
  const { publish, fetch } = await host();
  const digest = await publish();
  const asked: string[] = [];
  const imds = createServer(({ method, url = "", headers }, answer) => {
    asked.push(`${method} ${url} ${headers["x-aws-ec2-metadata-token"] ?? "-"}`);
    if (method === "PUT") answer.end("a-token");
    else if (url.endsWith("/")) answer.end("host-role");
    else
      answer.end(JSON.stringify({ AccessKeyId: "test", SecretAccessKey: "test", Token: "session" }, null, 1));
  }).listen(0, "localhost");
  onTestFinished(() => void imds.close());
  await once(imds, "listening");
  const { port } = imds.address() as AddressInfo;
  const none = { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "" };
  const at = `http://localhost:${port}`;
  expect(await fetch(digest, { ...none, AWS_EC2_METADATA_SERVICE_ENDPOINT: at })).toMatchObject({ code: 0 });
  const path = "/latest/meta-data/iam/security-credentials/";
  expect(asked).toEqual(["PUT /latest/api/token -", `GET ${path} a-token`, `GET ${path}host-role a-token`]);

  const closed = { ...none, AWS_EC2_METADATA_SERVICE_ENDPOINT: "http://localhost:9" };
  expect(await fetch("0".repeat(64), closed)).toMatchObject({
    code: 69,
    stderr: expect.stringContaining("has no role"),
  });
});
