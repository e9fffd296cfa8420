import { S3Client } from "@aws-sdk/client-s3";
import { sdk } from "../clients";
import { type Emptied, emptyBucket } from "./bucket";
import { removeLogGroups, removeParameters, stopInstance } from "./leftovers";
import { cloud, deleteStack, type StackOfStage, stacksOf } from "./stacks";

export const APP = "sluice";

export interface Kept {
  /** Bucket or table, by its name in the account. */
  name: string;
  type: string;
  reason: string;
}
export interface TornDown {
  /** Names of the stacks, in the order in which they were deleted. */
  stacks: string[];
  objects: number;
  kept: Kept[];
  logGroups: string[];
  parameters: string[];
}
interface Options {
  stage: string;
  region?: string;
  pollMs?: number;
  /** For people, while it works. */
  say?: (line: string) => void;
}

/** What is deployed of the stage. */
export const deployed = ({ stage, region }: Pick<Options, "stage" | "region">) =>
  stacksOf(`${stage}-${APP}-`, cloud({ region }));

/**
 * Removes a stage: stops its host, then stack by stack, newest first, empties the buckets and deletes the stack. What a
 * template retains is not touched, what Object Lock holds is kept and named. May be run again after any interruption.
 *
 * Throws `world.conflict` naming the resource that stands in the way.
 */
export async function teardown({ stage, region, pollMs, say = () => {} }: Options): Promise<TornDown> {
  const where = region ? { region } : {};
  const aws = cloud({ ...where, pollMs });
  const done: TornDown = { stacks: [], objects: 0, kept: [], logGroups: [], parameters: [] };
  const stacks = await stacksOf(`${stage}-${APP}-`, aws);

  for (const id of physicalIds(stacks, "AWS::EC2::Instance")) {
    if (await stopInstance(id, where)) say(`Host ${id} is stopped`);
  }
  for (const stack of stacks) {
    say(`Deleting stack ${stack.name}`);
    const locked = await emptyBuckets(stack, done, say, where);
    await deleteStack(stack, locked, aws);
    done.stacks.push(stack.name);
    done.kept.push(...retained(stack));
  }
  done.logGroups = await removeLogGroups(`/aws/lambda/${stage}-${APP}-`, where);
  done.parameters = [
    ...(await removeParameters(`/${APP}/${stage}/`, where)),
    ...(await removeParameters(`/sst/${APP}/${stage}/`, where)),
  ];
  return done;
}

const physicalIds = (stacks: StackOfStage[], type: string) =>
  stacks.flatMap(({ resources }) =>
    resources.filter((one) => one.type === type).map((one) => one.physicalId),
  );

/** @returns the logical ids of those that hold locked objects */
async function emptyBuckets(
  { resources }: StackOfStage,
  done: TornDown,
  say: (line: string) => void,
  where: { region?: string },
): Promise<string[]> {
  const client = sdk(S3Client, where);
  const locked: string[] = [];
  for (const { logicalId, physicalId, type, isRetained } of resources) {
    if (type !== "AWS::S3::Bucket" || isRetained) continue;
    say(`Emptying bucket ${physicalId}`);
    const emptied = await emptyBucket(physicalId, client);
    done.objects += emptied.removed;
    if (emptied.locked.length === 0) continue;
    locked.push(logicalId);
    done.kept.push({ name: physicalId, type, reason: lockReason(emptied) });
  }
  return locked;
}

function lockReason({ locked }: Emptied): string {
  const until = locked
    .map((one) => one.until)
    .sort()
    .at(-1);
  const names = [...new Set(locked.map(({ key }) => key))];
  const shown = names.slice(0, 5).join(", ");
  const more = names.length > 5 ? ` and ${names.length - 5} more` : "";
  return `Object Lock holds ${locked.length} objects until ${until}: ${shown}${more}`;
}

/** Those with a name of their own are in the way of a new deployment, so people must hear of them. */
const KEEPSAKES = [
  "AWS::S3::Bucket",
  "AWS::DynamoDB::Table",
  "AWS::Logs::LogGroup",
  "AWS::ECR::Repository",
  "AWS::SecretsManager::Secret",
  "AWS::IAM::OIDCProvider",
];
const retained = ({ resources }: StackOfStage): Kept[] =>
  resources
    .filter(({ type, isRetained }) => isRetained && KEEPSAKES.includes(type))
    .map(({ physicalId, type }) => ({
      name: physicalId,
      type,
      reason: "its template retains it, with what is in it",
    }));
