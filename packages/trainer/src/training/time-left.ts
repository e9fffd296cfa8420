import { costOf, earlyEpochs } from "./early-epochs";
import type { NetworkPlan } from "./network-plan";

/**
 * Seconds that a training still needs at the pace it has had since this process joined it.
 *
 * @param joinedAt epochs that were finished when this process began (a resumed training did not do them)
 */
export function timeLeft(
  plan: Pick<NetworkPlan, "width" | "height" | "early">,
  joinedAt: number,
  now: () => number = () => performance.now(),
) {
  const startedAt = now();
  return ({ epoch, planned, fraction }: { epoch: number; planned: number; fraction: number }) => {
    const small = earlyEpochs(plan, planned);
    const cost = (epochs: number) =>
      costOf(plan, { early: Math.min(epochs, small), full: Math.max(0, epochs - small) });
    const done = cost(epoch - 1 + fraction);
    const pace = (now() - startedAt) / 1000 / Math.max(done - cost(joinedAt), Number.EPSILON);
    return Math.max(0, (cost(planned) - done) * pace);
  };
}
