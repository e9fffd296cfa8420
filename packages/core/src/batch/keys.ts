export const prefix = (batch: string) => `incoming/${batch}/`;
/** Written last: a batch without it is still being uploaded. */
export const marker = (batch: string) => `incoming/${batch}/_SUCCESS`;
export const zipKey = (batch: string) => `incoming/${batch}.zip`;
