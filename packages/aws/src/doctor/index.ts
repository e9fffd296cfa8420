import { findStage, type StageWorld } from "../stage";
import { accountChecks, quotaChecks } from "./account";
import { ask, type Check, ok } from "./check";
import { dataChecks } from "./data";
import { type GithubApp, githubChecks } from "./github";
import { hostChecks } from "./host";
import { pipelineChecks } from "./pipeline";

export type { Check } from "./check";

/**
 * Looks at a deployed stage from outside, with a person's own credentials, and changes nothing. What cannot be asked
 * without something that is missing is not asked.
 */
export async function checkStage(options: {
  stage: string;
  region?: string;
  /** As the stage is configured; null: no forge. */
  github?: GithubApp | null;
}): Promise<Check[]> {
  const { stage, region, github = null } = options;
  const account = await accountChecks(region);
  if (account.some(({ state }) => state === "missing")) return account;
  let world: StageWorld | undefined;
  const found = await ask("stage", `Deploy it: npx sst deploy --stage ${stage}.`, async () => {
    world = await findStage(stage, { region });
    return ok("stage", `${stage}, deployed in ${world.region}`);
  });
  if (!world) return [...account, ...found];
  const rest = await Promise.all([
    dataChecks(world),
    hostChecks(world),
    pipelineChecks(world),
    github ? githubChecks(stage, github, world.region) : [],
    quotaChecks({ region: world.region }),
  ]);
  return [...account, ...found, ...rest.flat()];
}
