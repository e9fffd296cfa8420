import { configDefaults, defineConfig } from "vitest/config";

const folders = ["packages/*/src", "test", "stacks", "scripts", "deploy"];
const named = (suffix: string) => folders.map((folder) => `${folder}/**/*${suffix}`);

const SPECIAL = ["slow", "aws", "kubernetes"];

/**
 * `vitest run` leaves out what is slow and what needs the emulator; `--mode slow` runs only `*.slow.test.ts`,
 * `--mode aws` only `*.aws.test.ts`, `--mode kubernetes` only `*.kubernetes.test.ts`.
 */
export default defineConfig(({ mode }) => {
  const special = SPECIAL.includes(mode) ? mode : undefined;
  return {
    test: {
      include: named(special ? `.${special}.test.ts` : ".test.ts"),
      exclude: special
        ? configDefaults.exclude
        : [...configDefaults.exclude, ...SPECIAL.map((name) => `**/*.${name}.test.ts`)],
      globalSetup: special === "aws" ? ["test/aws/global-setup.ts"] : [],
      passWithNoTests: special !== undefined,
      pool: "forks", // tfjs-node and onnxruntime-node do not load twice in one process
      maxWorkers: special === "kubernetes" ? 1 : 2, // one cluster, whose pods share the machine
      testTimeout: special ? 600_000 : 30_000,
      hookTimeout: special ? 600_000 : 60_000,
    },
  };
});
