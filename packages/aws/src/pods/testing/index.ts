import type { Tool } from "../tools";

/** A tool that notes what it is asked and answers by the first words that fit; else with nothing. */
export function fakeTool(answers: Record<string, string | Error | (() => string)> = {}) {
  const calls: string[] = [];
  const inputs: unknown[] = [];
  const tool: Tool = async (program, args, input) => {
    const line = [program, ...args].join(" ");
    calls.push(line);
    if (input !== undefined) inputs.push(JSON.parse(input));
    const [, answer = ""] = Object.entries(answers).find(([words]) => line.includes(words)) ?? [];
    if (answer instanceof Error) throw answer;
    return typeof answer === "function" ? answer() : answer;
  };
  return { tool, calls, inputs };
}

/** A pod as kubectl tells it. */
export const podObject = (
  name: string,
  { metadata = {}, status = {}, port = 8080 }: { metadata?: object; status?: object; port?: number } = {},
) => ({
  kind: "Pod",
  metadata: { name, ...metadata },
  spec: { containers: [{ image: "r/sluice@sha256:1", ports: [{ name: "http", containerPort: port }] }] },
  status: {
    phase: "Running",
    podIP: "127.0.0.1",
    containerStatuses: [{ started: true, state: {} }],
    ...status,
  },
});

export const serviceObject = (port = 80) => ({
  kind: "Service",
  spec: { clusterIP: "127.0.0.1", ports: [{ port }] },
});

export const listOf = (...items: object[]): string => JSON.stringify({ kind: "List", items });
