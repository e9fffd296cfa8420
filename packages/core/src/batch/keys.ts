export const prefix = (batch: string) => `incoming/${batch}/`;
/** Written last: a batch without it is still being uploaded. */
export const marker = (batch: string) => `incoming/${batch}/_SUCCESS`;
export const zipKey = (batch: string) => `incoming/${batch}.zip`;
/** Which commit brought it, where one did. */
export const origin = (batch: string) => `incoming/${batch}/_ORIGIN.json`;
/** What was left behind when the batch was uploaded: the report names it. */
export const refusals = (batch: string) => `incoming/${batch}/_REFUSED.json`;
