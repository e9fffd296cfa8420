/** One thing that clients send, and what is to become of it. */
export interface Case {
  what: string;
  /** Default: `/predict`. */
  path?: string;
  request(): Promise<RequestInit>;
  status: number;
  /** Of the error. */
  code?: string;
  /** Of an answered photo: width and height, upright. */
  size?: [width: number, height: number];
  /** Of an answered batch: for each photo its error's code, or null. */
  results?: (string | null)[];
}
