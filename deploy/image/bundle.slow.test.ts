import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Bundle, Imported, Registry, Release, sha256 } from "@sluice/core";
import { openHostWorld } from "@sluice/local/host-world";
import { inspect } from "@sluice/serving/onnx/inspect";
import { linear } from "@sluice/serving/onnx/toy";
import { toyBundle } from "@sluice/serving/predictor/toy";
import { redWindow } from "@sluice/serving/testing/index";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundle } from "./bundle";
import { type Component, sbomOf } from "./sbom";

let root: string;
let components: Component[];
let world: ReturnType<typeof openHostWorld>;
const children: ChildProcess[] = [];
const at = (name: string) => join(root, name);
const env = () => ({ PATH: process.env.PATH, SLUICE_WORLD: "./local.js", SLUICE_HOME: at("home") });

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "sluice-image-"));
  components = await bundle(at("app"));
  world = openHostWorld({ SLUICE_HOME: at("home") });
  const { files } = toyBundle();
  for (const [name, bytes] of Object.entries(files))
    await world.blobs.put(Bundle.modelPrefix(1) + name, bytes);
  const of = { runId: "toy-1", datasetVersion: "0".repeat(64), codeCommit: "toy", dice: 0.9, iou: 0.8 };
  await Registry.register({ ...of, bundleDigest: sha256(files[Bundle.MODEL_JSON]!) }, world);
  await Release.full({ model: 1, reason: "toy" }, world);
});
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(root, { recursive: true });
});

test("outside the repository the bundle fetches the model, and answers photos with it, and rows with an imported one", async () => {
  const program = (...args: string[]) => ["sluice-serve.js", ...args, "--cache", at("models")];
  const said = execFileSync(process.execPath, program("fetch"), {
    cwd: at("app"),
    env: env(),
    encoding: "utf8",
  });
  expect(JSON.parse(said)).toMatchObject({ model: 1 });
  rmSync(at("home/blobs"), { recursive: true });

  const child = spawn(process.execPath, program("--port", "0"), { cwd: at("app"), env: env() });
  children.push(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (output += data));
  const url = await until(
    async () => /Serving on (http:\S+?)["\s]/.exec(output)?.[1],
    () => output,
  );
  await until(
    async () => (await fetch(`${url}/ready`)).ok || undefined,
    () => output,
  );
  const answer = await fetch(`${url}/predict`, { method: "POST", body: await redWindow() });
  expect(await answer.json()).toMatchObject({ model_version: 1, width: 480, height: 640 });
  const { signature } = await inspect(linear());
  const wine = { name: "wine", file: linear(), columns: ["a", "b", "c"], asNewVersion: false };
  await Imported.register({ ...wine, signature }, world);
  const row = JSON.stringify({ model: "wine", rows: [[1, 0, 0]] });
  const json = { "Content-Type": "application/json" };
  const rows = await fetch(`${url}/predict`, { method: "POST", body: row, headers: json });
  expect(await rows.json()).toMatchObject({ predictions: [3] });
  for (const path of ["/", "/page/page.js", "/docs", "/docs/swagger-ui.css", "/openapi.json"])
    expect((await fetch(url + path)).status, path).toBe(200);
  child.kill("SIGTERM");
  expect(await once(child, "exit")).toEqual([0, null]);
});

test("it is for linux-x64 alone, and its bill of materials names what is in it", () => {
  const natives = execFileSync("find", [at("app"), "-name", "*.node", "-o", "-name", "*.so*"], {
    encoding: "utf8",
  });
  expect(
    natives
      .trim()
      .split("\n")
      .every((path) => /linux[-/]x64/.test(path)),
  ).toBe(true);
  expect(natives).not.toMatch(/cuda|tensorrt/i);

  const bill = JSON.parse(sbomOf(components, "libc6 2.36-9+deb12u10\n"));
  const purls: string[] = bill.components.map(({ purl }: Component) => purl);
  const lock = JSON.parse(readFileSync(join(import.meta.dirname, "../../package-lock.json"), "utf8"));
  for (const name of ["hono", "sharp", "onnxruntime-node", "prom-client", "@hono/node-server"]) {
    const { version } = lock.packages[`node_modules/${name}`];
    expect(purls).toContain(`pkg:npm/${name.replace("@", "%40")}@${version}`);
  }
  expect(purls).toContain("pkg:deb/debian/libc6@2.36-9%2Bdeb12u10");
  expect(purls.some((purl) => /vitest|typescript|aws-cdk/.test(purl))).toBe(false);
});

async function until<T>(look: () => Promise<T | undefined>, output: () => string): Promise<T> {
  for (let i = 0; i < 600; i++) {
    const found = await look().catch(() => undefined);
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`It never came. ${output()}`);
}
