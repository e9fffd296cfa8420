import type { Context, MiddlewareHandler } from "hono";
import * as z from "zod";
import type { ControlDeps } from "./deps";

/** What an HTTP API's authorizer passes on: of a token, or of a request signed with AWS credentials. */
const Authorized = z.object({
  event: z.object({
    requestContext: z.object({
      authorizer: z.object({
        jwt: z.object({ claims: z.record(z.string(), z.unknown()) }).optional(),
        iam: z.object({ userArn: z.string() }).optional(),
      }),
    }),
  }),
});

/** Who asks: the token's e-mail, name or subject, or the signer's ARN. Null where nobody had to say. */
export function callerOf(c: Context): string | null {
  const { jwt, iam } = Authorized.safeParse(c.env).data?.event.requestContext.authorizer ?? {};
  const { claims } = jwt ?? {};
  const names = [claims?.email, claims?.username, claims?.["cognito:username"], claims?.sub, iam?.userArn];
  return names.find((name) => typeof name === "string") ?? null;
}

/** Says who wrote what, and whether it was done. */
export const logged =
  ({ log }: Pick<ControlDeps, "log">): MiddlewareHandler =>
  async (c, next) => {
    await next();
    const { method, path } = c.req;
    if (method === "GET" || method === "HEAD" || method === "OPTIONS") return;
    log({ level: "info", message: "write", caller: callerOf(c), method, path, status: c.res.status });
  };
