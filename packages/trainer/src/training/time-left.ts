/**
 * Seconds that a training still needs at the pace it has had since this process joined it.
 *
 * @param joinedAt epochs that were finished when this process began (a resumed training did not do them)
 */
export function timeLeft(joinedAt: number, now: () => number = () => performance.now()) {
  const startedAt = now();
  return ({ epoch, planned, fraction }: { epoch: number; planned: number; fraction: number }) => {
    const done = epoch - 1 + fraction;
    const pace = (now() - startedAt) / 1000 / Math.max(done - joinedAt, Number.EPSILON);
    return Math.max(0, (planned - done) * pace);
  };
}
