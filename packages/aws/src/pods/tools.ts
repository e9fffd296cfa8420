import { execFile } from "node:child_process";
import { SluiceError } from "@sluice/core/errors";

/** Runs kubectl, helm or aws to its end; what it prints. Throws `serving.unreachable` with what it said. */
export type Tool = (program: string, args: string[], input?: string) => Promise<string>;

const MOST_BYTES = 64 * 1024 * 1024;
/** Where k3s puts it. */
const KUBECONFIG = "/etc/rancher/k3s/k3s.yaml";

export const tool: Tool = (program, args, input) =>
  new Promise((resolve, reject) => {
    const env: NodeJS.ProcessEnv = { KUBECONFIG, ...process.env };
    const file = program === "helm" ? env.HELM || program : program;
    const child = execFile(file, args, { env, maxBuffer: MOST_BYTES }, (error, stdout, stderr) => {
      if (error) reject(failed(program, args, oneLine(stderr) || oneLine(error.message), error));
      else resolve(stdout);
    });
    child.stdin?.on("error", () => {}); // it ended without reading
    child.stdin?.end(input);
  });

const oneLine = (text: string) => text.trim().replaceAll(/\s*\n\s*/g, "; ");

const failed = (program: string, [verb = ""]: string[], said: string, cause: Error) =>
  new SluiceError(
    "serving.unreachable",
    `${program} ${verb}: ${said}`,
    "Look at the host: kubectl get pods -A; journalctl -u k3s.",
    { cause },
  );
