import { createPublicKey, generateKeyPairSync, randomBytes, verify } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Description, openDescription } from "./description";
import { graphql } from "./graphql";
import { type Answer, type Route, refusal, routes } from "./routes";
import { shapes } from "./shape";
import { newState, type State } from "./state";

const TOKEN_ROUTE = "/app/installations/{installation_id}/access_tokens";
const HOUR_MS = 3_600_000;

export interface GitHub {
  /** The API's address, for `apiUrl`. */
  url: string;
  state: State;
  owner: string;
  repo: string;
  appId: number;
  installationId: number;
  /** The App's key, as GitHub gives it for download: PEM. */
  privateKey: string;
  close(): Promise<void>;
}

/**
 * An HTTP server that is GitHub for one repository and one App: git objects, branches, merges with conflicts,
 * comments, pull requests, installation tokens. Each request and each answer is held against GitHub's published
 * OpenAPI description; what does not fit is answered 500 and noted in `state.violations`.
 *
 * @param port a free one, if not said
 */
export async function startGitHub({ port = 0 }: { port?: number } = {}): Promise<GitHub> {
  const description = openDescription();
  const state = newState();
  const names = { owner: "water-works", repo: "meters", appId: 4711, installationId: 815 };
  const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const shape = shapes(description, names);
  const tokens = new Map<string, number>();

  function token(request: IncomingMessage, installation: string): Answer {
    const [head = "", claims = "", signature = ""] = (bearer(request) ?? "").split(".");
    const isSigned = verify(
      "RSA-SHA256",
      Buffer.from(`${head}.${claims}`),
      createPublicKey(keys.publicKey.export({ type: "spki", format: "pem" })),
      Buffer.from(signature, "base64url"),
    );
    if (!isSigned) return refusal(401, "A JSON web token could not be decoded");
    const { iss, exp, iat } = JSON.parse(Buffer.from(claims, "base64url").toString());
    if (Number(iss) !== names.appId) return refusal(404, "Integration not found");
    if (exp - iat > 660 || exp * 1_000 < Date.now())
      return refusal(401, "'Expiration time' claim ('exp') is wrong");
    if (Number(installation) !== names.installationId) return refusal(404, "Not Found");
    if (state.isSuspended) return refusal(403, "This installation has been suspended");
    const fresh = `ghs_${randomBytes(18).toString("hex")}`;
    tokens.set(fresh, Date.now() + HOUR_MS);
    return { status: 201, body: shape.token(fresh, state, new Date(Date.now() + HOUR_MS)) };
  }

  function answer(request: IncomingMessage, url: URL, body: unknown): Answer {
    const path = url.pathname;
    const isKnown = (tokens.get(bearer(request) ?? "") ?? 0) > Date.now();
    if (path === "/graphql")
      return isKnown ? graphql(body as object, state) : refusal(401, "Bad credentials");
    const found = match(request.method ?? "", path, [TOKEN, ...routes]);
    if (!found) return refusal(404, "Not Found");
    const { route, params } = found;
    return checked(description, state, route, url, body, () => {
      if (route === TOKEN) return token(request, params.installation_id ?? "");
      if (!isKnown) return refusal(401, "Bad credentials");
      if (params.owner !== names.owner || params.repo !== names.repo) return refusal(404, "Not Found");
      if (!isAllowed(route.needs, state)) {
        const headers = { "x-accepted-github-permissions": route.needs };
        return { ...refusal(403, "Resource not accessible by integration"), headers };
      }
      return route.answer({ params, query: url.searchParams, body, url: url.href }, state, shape);
    });
  }

  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? "/", `http://${request.headers.host}`);
    const body = await bodyOf(request);
    state.requests.push(`${request.method} ${url.pathname}`);
    const fault = takeFault(state, request.method ?? "", url.pathname);
    const done = fault && !fault.isDone ? undefined : answer(request, url, body);
    if (fault?.status === 0) return void request.socket.destroy();
    if (fault) send(response, { ...refusal(fault.status, fault.message ?? "Fault"), headers: fault.headers });
    else if (done) send(response, done);
  });
  await new Promise<void>((ready) => server.listen(port, "127.0.0.1", ready));
  return {
    ...names,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    state,
    privateKey: keys.privateKey.export({ type: "pkcs1", format: "pem" }).toString(),
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

const TOKEN: Route = { method: "POST", path: TOKEN_ROUTE, needs: "", answer: () => refusal(500, "") };

/** The answer, if request and answer fit the description. */
function checked(
  description: Description,
  state: State,
  { method, path }: Route,
  url: URL,
  body: unknown,
  work: () => Answer,
): Answer {
  const wrong = description.requestFaults(method, path, url.searchParams, body);
  const answer = wrong.length > 0 ? refusal(500, "") : work();
  if (wrong.length === 0) wrong.push(...description.responseFaults(method, path, answer.status, answer.body));
  if (wrong.length === 0) return answer;
  const message = `${method} ${url.pathname} ${answer.status}: ${wrong.slice(0, 5).join("; ")}`;
  state.violations.push(message);
  return refusal(500, message);
}

function match(method: string, path: string, all: Route[]) {
  for (const route of all) {
    if (route.method !== method) continue;
    const names = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
    const found = new RegExp(`^${route.path.replace(/\{\w+\}/g, "([^/]+)")}$`).exec(path);
    if (!found) continue;
    return {
      route,
      params: Object.fromEntries(names.map((n, i) => [n, decodeURIComponent(found[i + 1] ?? "")])),
    };
  }
  return undefined;
}

function isAllowed(needs: string, { permissions }: State): boolean {
  const [name = "", level] = needs.split("=");
  return permissions[name] === "write" || (level === "read" && permissions[name] === "read");
}

function takeFault(state: State, method: string, path: string) {
  const fault = state.faults.find((f) => f.method === method && f.path.test(path));
  if (!fault) return undefined;
  fault.times = (fault.times ?? 1) - 1;
  if (fault.times <= 0) state.faults = state.faults.filter((f) => f !== fault);
  return fault;
}

const bearer = (request: IncomingMessage) =>
  /^(?:bearer|token) (.+)$/i.exec(request.headers.authorization ?? "")?.[1];

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  return text === "" ? undefined : JSON.parse(text);
}

function send(response: ServerResponse, { status, body, headers }: Answer): void {
  const limits = { "x-ratelimit-limit": "5000", "x-ratelimit-remaining": "4990" };
  response.writeHead(status, { "content-type": "application/json; charset=utf-8", ...limits, ...headers });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}
