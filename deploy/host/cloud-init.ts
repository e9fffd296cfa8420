import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

/** EC2's own limit, before base64. */
export const USER_DATA_LIMIT = 16_384;

const UNKNOWN_OS = 255;

export interface HostValues {
  stage: string;
  region: string;
  bucket: string;
  /** A stage that serves always is never switched off by the dead-man. */
  servesAlways: boolean;
  /** Prometheus and Grafana on k3s. */
  observability: boolean;
}

export interface HostFile {
  path: string;
  mode: "0644" | "0755";
  text: string;
}

/** What the host's programs read at their start. The values may be tokens that CloudFormation fills in. */
export const hostEnvironment = (values: HostValues): Record<string, string> => ({
  SLUICE_STAGE: values.stage,
  SLUICE_BUCKET: values.bucket,
  SLUICE_HOST_DIR: "/opt/sluice",
  SLUICE_SERVES_ALWAYS: values.servesAlways ? "1" : "0",
  SLUICE_OBSERVABILITY: values.observability ? "1" : "0",
  AWS_REGION: values.region,
  AWS_DEFAULT_REGION: values.region,
});

/** The files of this folder, where they lie on the host. */
export function hostFiles(folder = hostFolder()): HostFile[] {
  const read = (name: string) => readFileSync(join(folder, name), "utf8");
  const all = (kind: string) => readdirSync(join(folder, kind)).sort();
  return [
    ...all("bin").map((name) => program(name, read(`bin/${name}`))),
    ...(exists(join(folder, "sluice-host")) ? [program("sluice-host", read("sluice-host"))] : []),
    ...all("systemd").map(
      (name): HostFile => ({
        path: `/etc/systemd/system/${name}`,
        mode: "0644",
        text: read(`systemd/${name}`),
      }),
    ),
    ...["versions.env", "mlflow.txt"].map(
      (name): HostFile => ({ path: `/etc/sluice/${name}`, mode: "0644", text: read(name) }),
    ),
  ];
}

/** The user data: small enough for EC2, whole in itself, the same for the same files. */
export function cloudInit(values: HostValues, folder = hostFolder()): string {
  const env = Object.entries(hostEnvironment(values)).map(([name, value]) => `${name}=${value}`);
  const steps = [
    bootcmd("mkdir -p /etc/sluice /opt/sluice"),
    ...hostFiles(folder).map(unpack),
    // Plain, not packed: CloudFormation fills its tokens in.
    `  - [sh, -c, 'printf "%s\\n" "$@" >/etc/sluice/host.env', sluice, ${env.map((line) => `"${line}"`).join(", ")}]`,
  ];
  return read(folder).replace("{{FILES}}", () => steps.join("\n"));
}

const read = (folder: string) => readFileSync(join(folder, "cloud-init.yaml"), "utf8");
const exists = (path: string) => statSync(path, { throwIfNoEntry: false }) !== undefined;
const program = (name: string, text: string): HostFile => ({
  path: `/usr/local/bin/${name}`,
  mode: "0755",
  text,
});
const bootcmd = (script: string) => `  - [sh, -c, '${script}']`;

function unpack({ path, mode, text }: HostFile): string {
  const packed = gzipSync(text, { level: 9 });
  packed[9] = UNKNOWN_OS; // the header names the system that packed it
  const base64 = packed.toString("base64");
  // Beside it and by rename: a boot that ends in the middle leaves the file of the last one.
  return bootcmd(
    `mkdir -p ${dirname(path)}; echo ${base64} | base64 -d | gunzip >${path}.new && chmod ${mode} ${path}.new && mv ${path}.new ${path}`,
  );
}

/** Beside this file; SST runs its stacks as one bundle, whose folder is the app's. */
function hostFolder(): string {
  const beside = dirname(fileURLToPath(import.meta.url));
  return exists(join(beside, "cloud-init.yaml")) ? beside : join(process.cwd(), "deploy", "host");
}
