/** Where a run's document says when its current execution first asked for the host. */
export const hostAskedKey = ({ resumed }: { resumed: number }) => `startHost-${resumed}`;
