import { setFlagsFromString } from "node:v8";

/**
 * Lets V8 collect all garbage when there is five times as much as was left the last time, instead of some tenths more.
 *
 * For a whole process that does little but predict: a photo leaves a megabyte or two in buffers and next to no objects,
 * so V8, which sees a small heap grow fast, collects all of it every few photos, in several threads: up to an eighth of
 * the CPU. Five times that small heap is at most some 100 MB in each thread, the serving one, too.
 */
export const collectSeldom = (): void => setFlagsFromString("--heap-growing-percent=400");
