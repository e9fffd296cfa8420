/** Some of the time, at random, so that those who met do not meet again. */
export const pause = (mostMs: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.random() * mostMs));
