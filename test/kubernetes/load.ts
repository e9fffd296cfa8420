import { Agent, request } from "node:http";

export interface Load {
  /** By status, or by the error's code where no answer came. */
  counts(): Record<string, number>;
  stop(): Promise<Record<string, number>>;
}

/**
 * So many requests a second, whether they are answered or not. Each has a connection of its own, so that Kubernetes
 * spreads them over the pods, and none dies with an idle connection that both sides close at once.
 */
export function startLoad(url: string, photo: Uint8Array, perSecond: number): Load {
  const counts: Record<string, number> = {};
  const open = new Set<Promise<void>>();
  const ask = async () => {
    const outcome = await post(url, photo);
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  };
  const timer = setInterval(() => {
    const asked = ask().finally(() => open.delete(asked));
    open.add(asked);
  }, 1000 / perSecond);
  return {
    counts: () => ({ ...counts }),
    async stop() {
      clearInterval(timer);
      await Promise.all(open);
      return { ...counts };
    },
  };
}

const agent = new Agent({ keepAlive: false });

const post = (url: string, photo: Uint8Array): Promise<string> =>
  new Promise((resolve) => {
    const asked = request(
      `${url}/predict`,
      { method: "POST", agent, timeout: 20_000, headers: { "Content-Type": "image/jpeg" } },
      (answer) => {
        answer.resume();
        answer.once("end", () => resolve(String(answer.statusCode)));
        answer.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? "broken"));
      },
    );
    asked.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? "broken"));
    asked.once("timeout", () => asked.destroy(Object.assign(new Error(), { code: "TIMEOUT" })));
    asked.end(photo);
  });
