export interface Request {
  method: "GET" | "POST";
  path: string;
  body?: Uint8Array;
  headers?: Record<string, string>;
}

/** A request in the form in which an HTTP API hands it to a function (payload format 2.0). */
export function httpEvent({ method, path, body, headers }: Request) {
  const now = new Date();
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath: path,
    rawQueryString: "",
    headers: {
      accept: "application/json",
      host: HOST,
      ...headers,
      ...(body && { "content-type": "application/octet-stream" }),
    },
    requestContext: {
      accountId: "",
      apiId: "",
      domainName: HOST,
      domainPrefix: "serving",
      http: { method, path, protocol: "HTTP/1.1", sourceIp: "127.0.0.1", userAgent: "sluice" },
      requestId: crypto.randomUUID(),
      routeKey: "$default",
      stage: "$default",
      time: now.toUTCString(),
      timeEpoch: now.getTime(),
    },
    ...(body && { body: Buffer.from(body).toString("base64") }),
    isBase64Encoded: body !== undefined,
  };
}
/** No name that anybody resolves: the event does not come over the network. */
const HOST = "serving.internal";
