import { execFile } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { toyBundle } from "../../../packages/serving/src/predictor/toy";
import { LAMBDAS } from "../../../stacks/lambdas";
import { kebab } from "../../../stacks/names";

const OUT = ".sst";
const LIMIT = 500_000;
/** Lambda's own: of a function with its layers, unzipped. */
const UNZIPPED_LIMIT = 250 * 2 ** 20;
const CLIENTS = ["dynamodb", "ec2", "lambda", "s3", "secrets-manager", "sfn", "ssm"].map(
  (service) => `@aws-sdk/client-${service}`,
);

const sizeOf = (folder: string): number =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => statSync(join(folder, name)))
    .reduce((sum, stat) => sum + (stat.isFile() ? stat.size : 0), 0);
const bundle = (name: string) => join(OUT, "lambda", kebab(name), "index.js");
const layer = (id: string) => join(OUT, "layers", id);

/** As Lambda loads them: by NODE_PATH alone. */
const RUN_TOY = `
  const sharp = require("sharp");
  const { InferenceSession, Tensor } = require("onnxruntime-node");
  (async () => {
    const create = { width: 32, height: 32, channels: 3, background: "#ff0000" };
    const png = await sharp({ create }).png().toBuffer();
    const rgb = await sharp(png).raw().toBuffer();
    const session = await InferenceSession.create("model.onnx");
    const { probabilities } = await session.run({ pixels: new Tensor("uint8", rgb, [1, 32, 32, 3]) });
    console.log(JSON.stringify({ size: probabilities.data.length, first: probabilities.data[0] }));
  })();
`;

/** After the stacks are synthesized, which packages their functions. */
export function bundles() {
  describe("what is packaged", () => {
    test("is small", () => {
      const sizes = LAMBDAS.map((name) => [name, statSync(bundle(name)).size] as const);
      const layers = ["Sharp", "OnnxRuntime"].map((id) => [`layer ${id}`, sizeOf(layer(id))] as const);
      const lines = [...sizes, ...layers].map(
        ([name, bytes]) => `${name.padEnd(20)} ${(bytes / 1e3).toFixed(0).padStart(7)} KB`,
      );
      process.stdout.write(`\nPackaged, unzipped:\n${lines.join("\n")}\n`);
      expect(sizes.filter(([name, bytes]) => name !== "predict" && bytes > LIMIT)).toEqual([]);
      const predict = [layer("Sharp"), layer("OnnxRuntime"), join(OUT, "lambda/predict")].map(sizeOf);
      expect(predict.reduce((a, b) => a + b)).toBeLessThan(UNZIPPED_LIMIT / 3);
    });

    test("holds native code for linux-x64 alone", () => {
      const natives = ["Sharp", "OnnxRuntime"]
        .flatMap((id) => readdirSync(layer(id), { recursive: true, encoding: "utf8" }))
        .filter((path) => /\.(node|dll|dylib|so[.0-9]*)$/.test(path));
      expect(natives.map((path) => path.replace("nodejs/node_modules/", "")).sort()).toEqual([
        expect.stringMatching(/^@img\/sharp-libvips-linux-x64\/lib\/libvips-cpp\.so\.[\d.]+$/),
        expect.stringMatching(/^@img\/sharp-linux-x64\/lib\/sharp-linux-x64-[\d.]+\.node$/),
        expect.stringMatching(/^onnxruntime-node\/bin\/napi-v\d+\/linux\/x64\/libonnxruntime\.so\.1$/),
        expect.stringMatching(/^onnxruntime-node\/bin\/napi-v\d+\/linux\/x64\/onnxruntime_binding\.node$/),
      ]);
    });
  });

  describe.runIf(process.platform === "linux" && process.arch === "x64")("a packaged Lambda", () => {
    let home: string;
    beforeAll(() => {
      home = mkdtempSync(join(tmpdir(), "sluice-packaged-"));
      // What Lambda's runtime brings: the SDK, and nothing else of ours.
      const { resolve: find } = createRequire(resolve("packages/aws/package.json"));
      mkdirSync(join(home, "runtime/@aws-sdk"), { recursive: true });
      for (const name of CLIENTS)
        symlinkSync(dirname(find(`${name}/package.json`)), join(home, "runtime", name));
    });
    afterAll(() => rmSync(home, { recursive: true }));

    /** The handler's answer to an event, in a process that sees the package, its layers and the SDK. */
    async function call(name: string, layers: string[], event: unknown, env: Record<string, string> = {}) {
      const folder = join(home, name);
      cpSync(join(OUT, "lambda", kebab(name)), folder, { recursive: true });
      const paths = layers.map((id) => resolve(layer(id), "nodejs/node_modules"));
      const { stdout } = await promisify(execFile)(
        process.execPath,
        [resolve("test/stacks/packaged.mjs"), join(folder, "index.js"), JSON.stringify(event)],
        {
          cwd: folder,
          env: {
            NODE_PATH: [...paths, join(home, "runtime")].join(":"),
            AWS_REGION: "eu-west-1",
            AWS_ACCESS_KEY_ID: "none",
            AWS_SECRET_ACCESS_KEY: "none",
            AWS_ENDPOINT_URL: "http://127.0.0.1:9", // nobody is there
            POWERTOOLS_DEV: "true",
            SLUICE_STAGE: "dev",
            SLUICE_BUCKET: "bucket",
            SLUICE_TABLE: "table",
            ...env,
          },
        },
      );
      return JSON.parse(stdout.split("\nanswer:")[1] ?? "null");
    }
    const request = (method: string, path: string, body = "") => ({
      version: "2.0",
      routeKey: `${method} ${path}`,
      rawPath: path,
      rawQueryString: "",
      headers: { "content-type": "image/jpeg", host: "api.example.org" },
      requestContext: {
        domainName: "api.example.org",
        http: { method, path, protocol: "HTTP/1.1", sourceIp: "192.0.2.1", userAgent: "test" },
      },
      isBase64Encoded: false,
      body,
    });

    test.each([
      ["/health", "status"],
      ["/", "<!doctype html>"],
      ["/page/page.js", "import"],
      ["/docs/swagger-ui.css", ".swagger-ui"],
    ])("predict answers %s with files that it carries", async (path, part) => {
      const answer = await call("predict", ["Sharp", "OnnxRuntime"], request("GET", path));
      expect(answer.statusCode).toBe(200);
      const body = answer.isBase64Encoded ? Buffer.from(answer.body, "base64").toString() : answer.body;
      expect(body.toLowerCase()).toContain(part);
    });

    test("predict takes photos only once it has a model, and says so", async () => {
      const answer = await call("predict", ["Sharp", "OnnxRuntime"], request("POST", "/predict", "no photo"));
      expect(answer.statusCode).toBe(503);
      expect(JSON.parse(answer.body)).toMatchObject({ error: { code: "model.not_ready" } });
    });

    test("the layers decode a photo and run a model", async () => {
      writeFileSync(join(home, "model.onnx"), toyBundle().files["model.onnx"] ?? "");
      const paths = ["Sharp", "OnnxRuntime"].map((id) => resolve(layer(id), "nodejs/node_modules"));
      const { stdout } = await promisify(execFile)(process.execPath, ["-e", RUN_TOY], {
        cwd: home,
        env: { NODE_PATH: paths.join(":") },
      });
      // A red photo: logit = 8 * (red - green - blue) - 2.
      expect(JSON.parse(stdout)).toEqual({ size: 1024, first: expect.closeTo(0.9975, 4) });
    });

    test("validatePart finds sharp in its layer, and fails with a clear name where no bucket is", async () => {
      const event = { runId: "b-1", part: 0 };
      expect(await call("validatePart", ["Sharp"], event)).toMatchObject({ name: "world.unreachable" });
      await expect(call("validatePart", [], event)).rejects.toThrow(/Cannot find module 'sharp'/);
    });
  });
}
