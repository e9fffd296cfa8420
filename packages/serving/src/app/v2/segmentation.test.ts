import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { appWith, predictingAfter, redWindow, toyPredictor } from "../../testing";
import { toBinary } from "./binary";
import { InferAnswer, ModelMetadata } from "./schemas";
import { outputsOf, type V2Toys, v2Toys } from "./testing";

let toys: V2Toys;
beforeAll(async () => {
  toys = await v2Toys();
});
afterAll(() => toys.close());
const post: V2Toys["post"] = (...request) => toys.post(...request);

describe("the champion's masks", () => {
  const [width, height] = [40, 30];
  /** Grey, with a red window at left 10, top 5 of 20x10 px. */
  const pixels = () =>
    Uint8Array.from({ length: width * height * 3 }, (_, i) => {
      const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
      const isInside = x >= 10 && x < 30 && y >= 5 && y < 15;
      return isInside ? (i % 3 === 0 ? 255 : 0) : 128;
    });
  const image = { name: "image", datatype: "UINT8", shape: [height, width, 3] };

  test("pixels in, a mask of the same size out", async () => {
    const response = await post("/v2/models/segmentation/infer", {
      inputs: [{ ...image, data: [...pixels()] }],
    });
    const { model_version, outputs } = await outputsOf(response);
    const [mask, confidence, area, box] = outputs;
    expect(model_version).toBe("3");
    expect(mask).toMatchObject({ name: "mask", datatype: "UINT8", shape: [height, width] });
    expect(new Set(mask?.data)).toEqual(new Set([0, 255]));
    expect(mask?.data?.[10 * width + 20]).toBe(255);
    expect(mask?.data?.[10 * width + 5]).toBe(0);
    expect(area?.data).toEqual([mask?.data?.filter((value) => value === 255).length]);
    expect(Number(confidence?.data?.[0])).toBeGreaterThan(0.5);
    expect(box?.data).toHaveLength(4);
    const versioned = await post("/v2/models/segmentation/versions/3/infer", {
      inputs: [{ ...image, data: [...pixels()] }],
    });
    expect((await outputsOf(versioned)).outputs[2]).toEqual(area);
  });

  test("a file in, as bytes or as base64", async () => {
    const file = await redWindow({ orientation: 6 });
    const photo = { name: "photo", datatype: "BYTES", shape: [1] };
    const outputs = [{ name: "area_px" }];
    const text = await post("/v2/models/segmentation-photo/infer", {
      inputs: [{ ...photo, data: [Buffer.from(file).toString("base64")] }],
      outputs: [{ name: "mask", parameters: { binary_data: true } }, ...outputs],
    });
    const body = Buffer.from(await text.arrayBuffer());
    const length = Number(text.headers.get("inference-header-content-length"));
    const answer = InferAnswer.parse(JSON.parse(body.subarray(0, length).toString()));
    expect(answer.outputs[0]?.shape).toEqual([640, 480]);
    expect(body.subarray(length).filter((value) => value === 255).length).toBe(answer.outputs[1]?.data?.[0]);

    const bytes = toBinary([file]);
    const head = Buffer.from(
      JSON.stringify({ inputs: [{ ...photo, parameters: { binary_data_size: bytes.length } }], outputs }),
    );
    const binary = await post("/v2/models/segmentation-photo/infer", Buffer.concat([head, bytes]), {
      "Inference-Header-Content-Length": String(head.length),
    });
    expect((await outputsOf(binary)).outputs[0]?.data).toEqual(answer.outputs[1]?.data);
  });

  test.each([
    ["segmentation", { ...image, shape: [0, 40, 3], data: [] }, 400, /no pixels/],
    ["segmentation", { ...image, shape: [1, 1, 4], data: [1, 2, 3, 4] }, 400, /not UINT8 \[-1, -1, 3\]/],
    ["segmentation", { ...image, shape: [1, 1, 3], data: [1, 2, 256] }, 400, /from 0 to 255/],
    [
      "segmentation-photo",
      { name: "photo", datatype: "BYTES", shape: [1], data: ["just text!"] },
      415,
      /photo.unsupported/,
    ],
    [
      "segmentation-photo",
      { name: "photo", datatype: "BYTES", shape: [1], data: [""] },
      422,
      /photo.unreadable/,
    ],
  ])("%s refuses what is no photo: %j", async (model, input, status, message) => {
    const response = await post(`/v2/models/${model}/infer`, { inputs: [input] });
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ error: expect.stringMatching(message) });
  });

  test("a side as no photo has is refused before it costs anything", async () => {
    const wide = Buffer.alloc(70_000 * 3);
    const input = { ...image, shape: [1, 70_000, 3], parameters: { binary_data_size: wide.length } };
    const head = Buffer.from(JSON.stringify({ inputs: [input] }));
    const response = await post("/v2/models/segmentation/infer", Buffer.concat([head, wide]), {
      "Inference-Header-Content-Length": String(head.length),
    });
    expect(response.status).toBe(413);
    expect(await response.json()).toEqual({
      error: expect.stringMatching(/^photo\.too_large: The image has 70000x1 px/),
    });
  });

  test("a version that went while its request waited is not answered for by another", async () => {
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const { predictor } = toys;
    const slow = predictingAfter(predictor, () => gate);
    let number = 3;
    const app = appWith(predictor, { model: () => ({ number, predictor: slow }), limits: { atOnce: 1 } });
    const body = JSON.stringify({ inputs: [{ ...image, data: [...pixels()] }] });
    const ask = () => app.request("/v2/models/segmentation/versions/3/infer", { method: "POST", body });
    const isAt = async (metric: string) =>
      expect(await (await app.request("/metrics")).text()).toContain(`\n${metric} 1\n`);
    const first = ask();
    await vi.waitFor(() => isAt("sluice_requests_in_flight"), 30_000);
    const second = ask();
    await vi.waitFor(() => isAt("sluice_queue_depth"), 30_000);
    number = 5;
    open();
    expect((await outputsOf(await first)).model_version).toBe("3");
    expect((await second).status).toBe(404);
    expect(await (await second).json()).toEqual({ error: expect.stringContaining("Model 3 is not loaded") });
  });

  test("a version that is loaded beside the champion answers by its number", async () => {
    const canary = await toyPredictor();
    onTestFinished(() => canary.close());
    const both = {
      champion: { number: 3, predictor: toys.predictor },
      canary: { number: 4, predictor: canary },
      weight: 0,
    };
    const released = appWith(toys.predictor, { models: () => both });
    const metadata = ModelMetadata.parse(await (await released.request("/v2/models/segmentation")).json());
    expect(metadata.versions).toEqual(["3", "4"]);
    for (const [path, version] of [
      ["/versions/4", "4"],
      ["", "3"],
    ]) {
      const body = JSON.stringify({ inputs: [{ ...image, data: [...pixels()] }] });
      const response = await released.request(`/v2/models/segmentation${path}/infer`, {
        method: "POST",
        body,
      });
      expect((await outputsOf(response)).model_version).toBe(version);
    }
  });
});
