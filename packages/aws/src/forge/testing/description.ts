import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import Ajv, { type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";

type Json = { [key: string]: unknown };
interface Operation {
  requestBody?: { content: { "application/json": { schema: unknown } } };
  responses: Record<string, { $ref?: string; content?: Json }>;
  parameters?: { $ref?: string; name: string; in: string; schema: { type?: string } }[];
}

const ID = "github";
const pointer = (...parts: string[]) =>
  `${ID}#/${parts.map((part) => encodeURIComponent(part.replace(/~/g, "~0").replace(/\//g, "~1"))).join("/")}`;

/** GitHub's published OpenAPI description: what may be asked, what must be answered, and examples to answer with. */
export function openDescription(): Description {
  opened ??= read();
  return opened;
}
let opened: Description | undefined;

function read() {
  const file = createRequire(import.meta.url).resolve("@octokit/openapi/generated/api.github.com.json");
  const whole = mended(JSON.parse(readFileSync(file, "utf8"))) as Json;
  const ajv = new Ajv({ strict: false, validateSchema: false, logger: false, allErrors: true });
  addFormats(ajv);
  ajv.addSchema(whole, ID);
  const paths = whole.paths as Record<string, Record<string, Operation>>;

  const at = (ref: string): unknown =>
    ref
      .slice(2)
      .split("/")
      .reduce((value, part) => (value as Json)[part], whole as unknown);
  const operation = (method: string, path: string): Operation => {
    const found = paths[path]?.[method.toLowerCase()];
    if (found) return found;
    throw new Error(`GitHub's description has no ${method} ${path}`);
  };
  const faultsOf = (schema: string, value: unknown): string[] => {
    const check = ajv.getSchema(schema) as ValidateFunction | undefined;
    if (!check) throw new Error(`GitHub's description has no ${schema}`);
    if (check(value)) return [];
    return (check.errors ?? []).map((error) => `${error.instancePath || "/"} ${error.message}`);
  };

  return {
    /** What is wrong with a request, by the description; nothing, if it may be asked. */
    requestFaults(method: string, path: string, query: URLSearchParams, body: unknown): string[] {
      const { requestBody, parameters = [] } = operation(method, path);
      const known = new Set(
        parameters
          .map((parameter) => (parameter.$ref ? (at(parameter.$ref) as typeof parameter) : parameter))
          .filter((parameter) => parameter.in === "query")
          .map((parameter) => parameter.name),
      );
      const unknown = [...query.keys()].filter((name) => !known.has(name)).map((name) => `unknown ?${name}`);
      if (!requestBody) return body === undefined ? unknown : [...unknown, "it takes no body"];
      const schema = pointer(
        "paths",
        path,
        method.toLowerCase(),
        "requestBody",
        "content",
        JSON_TYPE,
        "schema",
      );
      return [...unknown, ...faultsOf(schema, body ?? {})];
    },

    /** What is wrong with an answer, by the description. Refusals that it does not list are plain errors. */
    responseFaults(method: string, path: string, status: number, body: unknown): string[] {
      const response = operation(method, path).responses[String(status)];
      const basic = pointer("components", "schemas", "basic-error");
      if (!response) return status < 400 ? [`it never answers ${status}`] : faultsOf(basic, body);
      if (response.$ref) {
        const name = response.$ref.split("/").at(-1) ?? "";
        return faultsOf(pointer("components", "responses", name, "content", JSON_TYPE, "schema"), body);
      }
      if (!response.content) return body === undefined ? [] : [`${status} has no body`];
      const place = ["paths", path, method.toLowerCase(), "responses", String(status), "content", JSON_TYPE];
      return faultsOf(pointer(...place, "schema"), body);
    },

    /** A copy of a published example. */
    example: (name: string): Json =>
      structuredClone(at(`#/components/examples/${name}`) as { value: Json }).value,
  };
}
export type Description = ReturnType<typeof read>;

const JSON_TYPE = "application/json";

/** OpenAPI 3.0 lets `nullable` stand beside a `$ref` or without a type; Ajv does not. */
function mended(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(mended);
  if (node === null || typeof node !== "object") return node;
  const entries = Object.entries(node).map(([key, value]) =>
    key === "example" || key === "examples" ? [key, value] : [key, mended(value)],
  );
  const { nullable, ...rest } = Object.fromEntries(entries);
  if (nullable !== true || rest.type) return Object.fromEntries(entries);
  return { anyOf: [rest, { type: "null" }] };
}
