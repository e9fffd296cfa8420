import type { Access } from "./access";
import type { Stage } from "./stage";

/** Whether the host's Kubernetes serves: it stays up, and there is an image. */
export const servesOnHost = ({ servesAlways, image }: Stage): boolean => servesAlways && image !== null;

/** What serves there, and the programs that bring it there. */
export const servedOnHost = (stage: Stage, hostRelease: string): Record<string, string> =>
  servesOnHost(stage) && stage.image ? { SLUICE_IMAGE: stage.image, SLUICE_HOST_RELEASE: hostRelease } : {};

/** Commands that ask them, what those answer, and what was rolled out. */
const PODS = {
  documents: ["commands", "serving"],
  blobs: ["commands/"],
} as const;

/** The access of a Lambda that asks the pods, in a stage that has them. */
export function withPods(access: Access, stage: Stage): Access {
  if (!access.pods || !servesOnHost(stage)) return access;
  const { documents, blobs } = access;
  return {
    ...access,
    documents: { ...documents, write: [...(documents?.write ?? []), ...PODS.documents] },
    blobs: {
      ...blobs,
      read: [...(blobs?.read ?? []), ...PODS.blobs],
      write: [...(blobs?.write ?? []), ...PODS.blobs],
    },
    commands: ["send", "look"],
    host: ["look"],
  };
}
