/** What a request says that its body is: `image/jpeg`, in lower case and without parameters; empty if nothing. */
export const mediaType = (request: Request): string =>
  (request.headers.get("content-type") ?? "").split(";", 1)[0].trim().toLowerCase();

/** The same, fit for messages. */
export const shownType = (type: string): string =>
  /^[\w.+-]{1,40}\/[\w.+-]{1,80}$/.test(type) ? type : "of an unknown type";
