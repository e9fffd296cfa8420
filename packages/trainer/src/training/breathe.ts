/** Lets writes and signals through: a step in the tensor library blocks the event loop while it computes. */
export const breathe = () => new Promise<void>((resolve) => setImmediate(resolve));
