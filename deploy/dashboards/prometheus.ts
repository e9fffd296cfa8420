import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const RULES = join(import.meta.dirname, "../chart/rules");

export interface Prometheus {
  /** The answer's `data`. Throws what Prometheus says of a query it does not take. */
  ask(path: string): Promise<unknown>;
  stop(): Promise<void>;
}

/** A real Prometheus with the chart's rules, which asks and evaluates every two seconds. For tests. */
export async function startPrometheus(target: string): Promise<Prometheus> {
  const folder = mkdtempSync(join(tmpdir(), "sluice-prometheus-"));
  for (const name of readdirSync(RULES)) {
    cpSync(join(RULES, name), join(folder, name));
    const text = readFileSync(join(folder, name), "utf8");
    writeFileSync(join(folder, name), text.replaceAll(/interval: \d+s/g, "interval: 2s"));
  }
  const config = join(folder, "prometheus.json"); // JSON is YAML, too
  const targets = [{ targets: [target], labels: { namespace: "staging", pod: "sluice-0" } }];
  const settings = {
    global: { scrape_interval: "2s", evaluation_interval: "2s" },
    rule_files: [join(folder, "*.yaml")],
    scrape_configs: [{ job_name: "sluice", static_configs: targets }],
  };
  writeFileSync(config, JSON.stringify(settings));
  const port = await freePort();
  const listen = `--web.listen-address=127.0.0.1:${port}`;
  const child = spawn("prometheus", [
    `--config.file=${config}`,
    `--storage.tsdb.path=${folder}/data`,
    listen,
  ]);
  let said = "";
  child.stderr.on("data", (data) => {
    said += data;
  });
  const url = `http://127.0.0.1:${port}`;
  const stop = () => end(child, folder);
  if (!(await answers(`${url}/-/ready`, child))) {
    await stop();
    throw new Error(`prometheus does not come up: ${said.slice(-500)}`);
  }
  return {
    stop,
    async ask(path) {
      const answer = (await (await fetch(url + path)).json()) as { data?: unknown; error?: string };
      if (answer.error) throw new Error(`${path}: ${answer.error}`);
      return answer.data;
    },
  };
}

async function answers(url: string, child: ChildProcess): Promise<boolean> {
  for (let i = 0; i < 300 && child.exitCode === null; i++) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}

async function end(child: ChildProcess, folder: string): Promise<void> {
  if (child.exitCode === null) {
    child.kill("SIGKILL");
    await once(child, "exit");
  }
  rmSync(folder, { recursive: true, force: true });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
