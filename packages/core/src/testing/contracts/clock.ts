import { describe, expect, test } from "vitest";
import type { Clock } from "../../ports";
import type { Make } from "./make";

export function clockContract(name: string, make: Make<Clock>): void {
  describe(`${name} keeps the contract of the clock`, () => {
    test("it tells whole milliseconds since 1970", async () => {
      const now = (await make()).now();
      expect(Number.isInteger(now)).toBe(true);
      expect(now).toBeGreaterThan(1_577_836_800_000); // 2020: neither seconds nor a process's own age
      expect(now).toBeLessThan(4_102_444_800_000); // 2100
    });

    test("it does not go back", async () => {
      const clock = await make();
      const looks = Array.from({ length: 100 }, () => clock.now());
      expect(looks).toEqual([...looks].sort((a, b) => a - b));
    });
  });
}
