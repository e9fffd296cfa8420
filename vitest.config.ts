import { configDefaults, defineConfig } from "vitest/config";

const folders = ["packages/*/src", "test", "stacks", "scripts", "deploy"];
const named = (suffix: string) => folders.map((folder) => `${folder}/**/*${suffix}`);

/**
 * `vitest run` leaves out what is slow and what needs the emulator; `--mode slow` runs only `*.slow.test.ts`,
 * `--mode aws` only `*.aws.test.ts`.
 */
export default defineConfig(({ mode }) => {
  const special = mode === "slow" || mode === "aws" ? mode : undefined;
  return {
    test: {
      include: named(special ? `.${special}.test.ts` : ".test.ts"),
      exclude: special
        ? configDefaults.exclude
        : [...configDefaults.exclude, "**/*.slow.test.ts", "**/*.aws.test.ts"],
      globalSetup: special === "aws" ? ["test/aws/global-setup.ts"] : [],
      passWithNoTests: special !== undefined,
      pool: "forks", // tfjs-node and onnxruntime-node do not load twice in one process
      maxWorkers: 2,
      testTimeout: special ? 600_000 : 30_000,
      hookTimeout: special ? 600_000 : 60_000,
    },
  };
});
