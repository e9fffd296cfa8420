import { describe, expect, test } from "vitest";
import type { Serving } from "../../ports";
import { eventually, type Make } from "./make";

export interface ServingCase {
  serving: Serving;
  /** Registers the model's files and points the release document at it. */
  release(model: number): Promise<void>;
  photo: Uint8Array;
  /** What the model finds on the photo, px. */
  areaPx: { least: number; most: number };
}

/** @param make a serving process that was never started */
export function servingContract(name: string, make: Make<ServingCase>): void {
  const serves = async (serving: Serving, model: number) =>
    expect(
      await eventually(
        () => serving.readyVersion(),
        (version) => version === model,
      ),
    ).toBe(model);

  describe(`${name} keeps the contract of the serving process`, () => {
    test("before it is started nothing is ready, and nothing answers", async () => {
      const { serving, photo } = await make();
      expect(await serving.readyVersion()).toBeUndefined();
      await expect(serving.predict(photo)).rejects.toMatchObject({ code: "serving.unreachable" });
    });

    test("it is started once, follows the release, and answers with the model that it says", async () => {
      const { serving, release, photo, areaPx } = await make();
      await release(1);
      const first = await serving.ensure();
      expect(await serving.ensure()).toEqual(first);
      await serves(serving, 1);
      const answer = await serving.predict(photo);
      expect(answer.modelVersion).toBe(1);
      expect(answer.latencyMs).toBeGreaterThan(0);
      expect(answer.areaPx).toBeGreaterThan(areaPx.least);
      expect(answer.areaPx).toBeLessThan(areaPx.most);

      await release(2);
      await serves(serving, 2);
      expect((await serving.predict(photo)).modelVersion).toBe(2);
      expect(await serving.ensure()).toEqual(first);
    });

    test("what is no photo is refused with the reason, and the next one is answered", async () => {
      const { serving, release, photo } = await make();
      await release(1);
      await serving.ensure();
      await serves(serving, 1);
      const refused = serving.predict(Buffer.from("no photo"));
      await expect(refused).rejects.toMatchObject({ code: "photo.unsupported" });
      expect((await serving.predict(photo)).modelVersion).toBe(1);
    });
  });
}
