import type { Size } from "../box";

/** [height, width, channels] uint8; no side is over 65,535 px. */
export interface Picture extends Size {
  data: Uint8Array;
  channels: 1 | 3;
}
