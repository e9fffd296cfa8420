import { generateKeyPairSync, sign } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const KEY_ID = "test-key";
const AUDIENCE = "sluice";

export interface Issuer {
  /** For the stage's JWT authorizer. */
  jwt: { issuer: string; audience: string[] };
  /** A token of this issuer; what is given replaces what an honest one would say. */
  token(claims?: Record<string, unknown>): string;
  stop(): void;
}

/** Who vouches for people: an OpenID provider with one key, as far as API Gateway asks it. */
export async function startIssuer(): Promise<Issuer> {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const keys = [{ ...publicKey.export({ format: "jwk" }), kid: KEY_ID, alg: "RS256", use: "sig" }];
  const server = createServer((request, response) => {
    const pages: Record<string, unknown> = {
      "/.well-known/openid-configuration": { issuer: urlOf(), jwks_uri: `${urlOf()}/keys` },
      "/keys": { keys },
    };
    const page = pages[request.url ?? ""];
    response.writeHead(page ? 200 : 404, { "content-type": "application/json" });
    response.end(JSON.stringify(page ?? {}));
  });
  const urlOf = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  server.unref();

  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return {
    jwt: { issuer: urlOf(), audience: [AUDIENCE] },
    token(claims = {}) {
      const now = Math.floor(Date.now() / 1_000);
      const said = { iss: urlOf(), aud: AUDIENCE, sub: "anna", iat: now - 60, exp: now + 3_600, ...claims };
      const signed = `${encode({ alg: "RS256", kid: KEY_ID, typ: "JWT" })}.${encode(said)}`;
      return `${signed}.${sign("sha256", Buffer.from(signed), privateKey).toString("base64url")}`;
    },
    stop: () => server.close(),
  };
}
