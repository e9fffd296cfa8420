import type { TornDown } from "@sluice/aws/teardown/index";
import type { StackOfStage } from "@sluice/aws/teardown/stacks";

/** What is about to go. */
export function planText(stage: string, stacks: StackOfStage[]): string {
  const lines = stacks.map(({ name, resources }) => `  ${name}: ${resources.length} resources`);
  const buckets = stacks
    .flatMap(({ resources }) => resources)
    .filter(({ type, isRetained }) => type === "AWS::S3::Bucket" && !isRetained)
    .map(({ physicalId }) => `  bucket ${physicalId}, with everything in it`);
  return [`Stage ${stage} will be removed for good:`, ...lines, ...buckets].join("\n");
}

/** What went, and what stays with its reason. */
export function destroyedText(stage: string, { stacks, objects, kept }: TornDown): string {
  const removed =
    stacks.length === 0
      ? `Nothing of stage ${stage} is deployed here`
      : `Stage ${stage} is removed: ${stacks.length} stacks, ${objects} objects`;
  return [removed, ...kept.map(({ name, reason }) => `Kept: ${name}: ${reason}`)].join("\n");
}
