const MOST_LINES = 20;
const MOST_CHARACTERS = 4_096;

/** What people are shown of a long output. */
export const lastLines = (text: string): string =>
  text.slice(-MOST_CHARACTERS).trimEnd().split("\n").slice(-MOST_LINES).join("\n");
