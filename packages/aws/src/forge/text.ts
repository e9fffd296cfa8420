/** GitHub takes no longer comment or description. */
const MAX_LENGTH = 65_536;
const CUT = "\n\n… the rest is left out here; the whole is in the run's report.\n";

/** A text of at most what GitHub takes, with its end kept. */
export function fitted(text: string, end = ""): string {
  if (text.length + end.length <= MAX_LENGTH) return text + end;
  return text.slice(0, MAX_LENGTH - end.length - CUT.length) + CUT + end;
}

/** Pictures of the branch are shown from the commit itself: a link to a branch dies with the branch. */
export function withPictures(body: string, files: readonly string[], commitPage: string): string {
  const page = commitPage.replace(/\/commit\//, "/blob/");
  return files.reduce((text, path) => text.replaceAll(`](${path})`, `](${page}/${path}?raw=true)`), body);
}
