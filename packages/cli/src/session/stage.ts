import { SluiceError } from "@sluice/core/errors";
import * as Run from "@sluice/core/run/index";
import { look, type Sight } from "@sluice/core/run/look";
import { keys } from "@sluice/core/validation/report";
import type { Io } from "../io";
import { follow } from "../live/follow";
import { homeOf, stored } from "./home";

/** Each look asks Step Functions for the whole history, which it bears only so often. */
const LOOK_MS = 2_000;

interface Where {
  home?: string | undefined;
  stage?: string | undefined;
  region?: string | undefined;
}

export type Stage = Awaited<ReturnType<typeof openStage>>;

/**
 * The deployed stage that a command is for; undefined: a home on this machine. The AWS SDK is loaded only here, for it
 * takes a second.
 *
 * Throws `usage.invalid` for --stage beside --home, `world.*` for a stage that cannot be reached.
 */
export async function stageOf({ home, stage, region }: Where): Promise<Stage | undefined> {
  if (stage === undefined && region === undefined) return undefined;
  if (stage === undefined) throw new SluiceError("usage.invalid", "--region has no --stage", "Give both.");
  const isName = /^[a-z][a-z0-9-]{0,40}$/.test(stage);
  if (!isName)
    throw new SluiceError("usage.invalid", `--stage ${stage} is no stage`, "As in dev, staging, prod.");
  if (home !== undefined) {
    const message = "--stage and --home do not go together: the one is on AWS, the other on this machine";
    throw new SluiceError("usage.invalid", message, "Give one of them.");
  }
  return openStage(stage, region);
}

async function openStage(name: string, region: string | undefined) {
  // Said by the SDK on every call; this program says itself which Node it needs.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
  const aws = await import("@sluice/aws/open-stage");
  const open = await aws.openStage(name, region === undefined ? {} : { region });
  return {
    ...open,
    name,
    /** What a command must be told to find this stage again. */
    option: ` --stage ${name}${region === undefined ? "" : ` --region ${region}`}`,
    page: (batch: string) => `s3://${open.at.bucket}/${keys(batch).page}`,
  };
}

/** What is stored where a command is to work. */
export const storedAt = async (args: Where) => (await stageOf(args)) ?? stored(homeOf(args));

export const lookAtStage = (runId: string, { blobs, documents, runs }: Stage): Promise<Sight> =>
  look(runId, { blobs, documents, history: (id) => runs.history(id) });

/** Shows a run until it has ended; it does not depend on being watched. */
export const followAtStage = (runId: string, stage: Stage, io: Io, since?: number): Promise<Sight> =>
  follow(() => lookAtStage(runId, stage), io, { everyMs: LOOK_MS, ...(since !== undefined && { since }) });

/** Throws `run.not_found`, `run.not_resumable` once it has ended. */
export async function stopAtStage(runId: string, stage: Stage): Promise<Run.Info> {
  await stage.runs.stop(runId);
  return Run.get(runId, stage);
}
