import { configDefaults, defineConfig } from "vitest/config";

const folders = ["packages/*/src", "test", "stacks", "scripts"];
const named = (suffix: string) => folders.map((folder) => `${folder}/**/*${suffix}`);

/** `vitest run` leaves the slow tests out; `vitest run --mode slow` runs only them. */
export default defineConfig(({ mode }) => {
  const slow = mode === "slow";
  return {
    test: {
      include: named(slow ? ".slow.test.ts" : ".test.ts"),
      exclude: slow ? configDefaults.exclude : [...configDefaults.exclude, "**/*.slow.test.ts"],
      passWithNoTests: slow,
      pool: "forks", // tfjs-node and onnxruntime-node do not load twice in one process
      maxWorkers: 2,
      testTimeout: slow ? 600_000 : 30_000,
      hookTimeout: 60_000,
    },
  };
});
