import { SluiceError } from "@sluice/core/errors";
import { stageConfig } from "../../../../stacks/stage";
import { command } from "../command";
import type { Check } from "../doctor/checks";
import type { Io } from "../io";
import { homeOf } from "../session/home";

export const doctor = command(
  {
    name: "doctor",
    description: "What is here: backends, versions, what falls back to what, and how to mend it",
  },
  {
    aws: { type: "boolean", description: "Look at a deployed stage instead: account, data, host, pipeline" },
    stage: { type: "string", description: "Which stage (with --aws)", default: "dev" },
    region: { type: "string", description: "Where it is deployed (with --aws; else AWS_REGION)" },
  },
  async (args, io) => {
    const checks = args.aws ? await awsChecks(args) : await localChecks(homeOf(args));
    const missing = checks.filter(({ state }) => state === "missing");
    const text = checks.map((check) => line(check, io)).join("\n");
    const json = { ok: missing.length === 0, checks };
    if (missing.length === 0) return { json, text };
    const names = missing.map(({ name }) => name).join(", ");
    const code = args.aws ? "world.misconfigured" : "host.backend_missing";
    return { json, text, error: new SluiceError(code, `Missing: ${names}`, "See the lines above.") };
  },
);

const localChecks = async (home: string): Promise<Check[]> =>
  (await import("../doctor/checks")).checkAll(home);

async function awsChecks({ stage, region }: { stage: string; region?: string }): Promise<Check[]> {
  const { github } = stageConfig(stage);
  const { checkStage } = await import("@sluice/aws/doctor/index");
  return checkStage({ stage, region, github });
}

function line({ name, state, detail, fix }: Check, { colours }: Pick<Io, "colours">): string {
  const marks = { ok: colours.green("✓"), fallback: colours.yellow("!"), missing: colours.red("✗") };
  return `${marks[state]} ${name.padEnd(17)} ${detail}${fix ? colours.bold(`  → ${fix}`) : ""}`;
}
