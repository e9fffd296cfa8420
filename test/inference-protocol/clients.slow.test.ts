import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Release } from "@sluice/core";
import { openHostWorld } from "@sluice/local";
import { type RunningServer, serveWorld } from "@sluice/serving";
import { redWindow } from "@sluice/serving/testing/index";
import { putToy } from "@sluice/serving/testing/toy-world";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import * as z from "zod";
import { pythonWithClients } from "./venv";

const run = promisify(execFile);
const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const SLUICE = fileURLToPath(new URL("../../packages/cli/bin/sluice.mjs", import.meta.url));

const found = await pythonWithClients();
if ("reason" in found)
  console.error(
    `\n!!! SKIPPED: no client of the Open Inference Protocol could be installed: ${found.reason}\n`,
  );
const python = "python" in found ? found.python : "";

const Said = z.object({
  names: z.array(z.string()),
  rows: z.array(z.array(z.number())),
  alcohol: z.array(z.number()),
  cultivar: z.array(z.number()),
  probabilities: z.array(z.array(z.number())),
});
type Said = z.infer<typeof Said>;

const Numbers = z.object({ predictions: z.array(z.number()) });
const Classes = Numbers.extend({ outputs: z.object({ probabilities: z.array(z.array(z.number())) }) });

describe.skipIf(python === "")("forests of scikit-learn, imported and served", () => {
  let dir = "";
  let said: Said;
  let server: RunningServer;
  const home = () => join(dir, "home");
  const sluice = async (...words: string[]) => {
    const { stdout } = await run(process.execPath, [SLUICE, ...words, "--json", "--home", home()]);
    return JSON.parse(stdout);
  };

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "sluice-forests-"));
    await run(python, [here("forests.py"), dir]);
    said = Said.parse(JSON.parse(await readFile(join(dir, "said.json"), "utf8")));
    const world = openHostWorld({ SLUICE_HOME: home() });
    await putToy(1, world);
    await Release.full({ model: 1, reason: "toy" }, world);
    server = await serveWorld(world, { port: 0, pollMs: 100, log: () => {} });
    const isReady = async () => expect((await fetch(`${server.url}/ready`)).status).toBe(200);
    await vi.waitFor(isReady, { timeout: 300_000, interval: 200 });
  });
  afterAll(async () => {
    await server?.close();
    await rm(dir, { recursive: true, force: true });
  });

  const ask = async (body: object) => {
    const headers = { "Content-Type": "application/json" };
    const response = await fetch(`${server.url}/predict`, {
      method: "POST",
      headers,
      body: JSON.stringify(body),
    });
    return { status: response.status, body: await response.json() };
  };
  const isNear = (answered: number[], expected: number[]) => {
    expect(answered).toHaveLength(expected.length);
    for (const [i, value] of expected.entries()) expect(answered[i]).toBeCloseTo(value, 4);
  };

  test("the command reads their signatures; the running server finds them", async () => {
    const [, ...others] = said.names;
    expect(
      await sluice("models", "import", join(dir, "alcohol.onnx"), "--columns", others.join(",")),
    ).toMatchObject({
      name: "alcohol",
      version: 1,
      kind: "tabular",
      columns: others,
      signature: { inputs: [{ datatype: "FP32", shape: [-1, 12] }], producer: "skl2onnx 1.20.0" },
    });
    await sluice("models", "import", join(dir, "cultivar.onnx"), "--columns", said.names.join(","));
    const models = await (await fetch(`${server.url}/v2/models`)).json();
    expect(models).toEqual({ models: ["segmentation", "segmentation-photo", "alcohol", "cultivar"] });
  });

  test("/predict answers rows as scikit-learn does, by name and in order", async () => {
    const [, ...others] = said.names;
    const byName = said.rows.map((row) => Object.fromEntries(others.map((name, i) => [name, row[i + 1]])));
    const named = await ask({ model: "alcohol", rows: byName });
    expect(named).toMatchObject({ status: 200, body: { model: "alcohol", model_version: 1 } });
    const { predictions } = Numbers.parse(named.body);
    isNear(predictions, said.alcohol);
    const listed = await ask({ model: "alcohol", rows: said.rows.map((row) => row.slice(1)) });
    expect(Numbers.parse(listed.body).predictions).toEqual(predictions);

    const cultivar = await ask({ model: "cultivar", rows: said.rows });
    const classes = Classes.parse(cultivar.body);
    expect(classes.predictions).toEqual(said.cultivar);
    isNear(classes.outputs.probabilities.flat(), said.probabilities.flat());
  });

  test("a row with a column too few is named", async () => {
    const { malic_acid: _, ...row } = Object.fromEntries(
      said.names.map((name, i) => [name, said.rows[0]?.[i]]),
    );
    expect(await ask({ model: "cultivar", rows: [row] })).toMatchObject({
      status: 422,
      body: { error: { code: "input.row_invalid", message: 'Row 0 has no "malic_acid"' } },
    });
  });

  test("KServe's client gets the same, in binary and in JSON", async () => {
    const { stdout } = await run(python, [here("kserve_client.py"), server.url, dir]);
    const answers = JSON.parse(stdout);
    expect(answers).toMatchObject({ live: true, ready: true, model: true });
    for (const key of ["binary", "json"]) isNear(answers[key], said.alcohol);
  });

  test("Triton's client gets the same, in binary and in JSON, and the champion's masks", async () => {
    const photo = await redWindow({ format: "png" });
    await writeFile(join(dir, "photo.png"), photo);
    await writeFile(join(dir, "photo.rgb"), await sharp(photo).removeAlpha().raw().toBuffer());
    const { stdout } = await run(python, [here("triton.py"), new URL(server.url).host, dir]);
    const answers = JSON.parse(stdout);

    expect(answers).toMatchObject({
      live: true,
      ready: true,
      models: [true, true, false],
      server: { name: "sluice", extensions: ["binary_tensor_data"] },
      metadata: {
        name: "cultivar",
        versions: ["1"],
        inputs: [{ name: "X", datatype: "FP32", shape: [-1, 13] }],
      },
      pixels: { shape: [640, 480] },
    });
    for (const key of ["binary", "json"]) {
      expect(answers[key].id).toBe(`as ${key}`);
      isNear(answers[key].alcohol, said.alcohol);
      expect(answers[key].cultivar).toEqual(said.cultivar);
      isNear(answers[key].probabilities.flat(), said.probabilities.flat());
    }
    expect(answers.pixels.area_px).toEqual([answers.pixels.area]);
    expect(answers.photo.area_px).toEqual(answers.pixels.area_px);
    expect(answers.photo.area_px[0]).toBeGreaterThan(10_000);
    expect(answers.photo.confidence[0]).toBeGreaterThan(0.9);
    expect(answers.errors).toEqual([
      ["404", expect.stringContaining("model.not_found: There is no model")],
      ["400", expect.stringContaining("not FP32 [-1, 13]")],
    ]);
  });
});
