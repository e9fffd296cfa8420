import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: [
      "packages/*/src/**/*.test.ts",
      "test/**/*.test.ts",
      "stacks/**/*.test.ts",
      "scripts/**/*.test.ts",
    ],
    pool: "forks", // tfjs-node and onnxruntime-node do not load twice in one process
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
