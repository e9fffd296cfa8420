import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { run, testFolder } from "./testing";

const SETUP = fileURLToPath(new URL("bin/sluice-setup", import.meta.url));
const K3S = "the k3s binary\n";
const sha256 = (bytes: string | Buffer) => createHash("sha256").update(bytes).digest("hex");

/**
 * A machine of its own: the script is the real one, and so are tar, sha256sum and the shell; what belongs to the
 * system (packages, units, the network, the account) writes down how it was called.
 */
async function machine() {
  const root = await testFolder();
  const at = (...path: string[]) => join(root, ...path);
  for (const folder of ["tools", "bin", "etc", "include", "home", "net", "bucket"]) await mkdir(at(folder));
  const tool = async (name: string, script: string) => {
    await writeFile(at("tools", name), `#!/bin/sh\necho "${name} $*" >>${at("calls")}\n${script}\n`);
    await chmod(at("tools", name), 0o755);
  };
  for (const name of ["dnf", "alternatives", "systemctl", "sluice-host", "helm"]) await tool(name, "");
  // The address is the last argument.
  await tool(
    "curl",
    `while [ $# -gt 1 ]; do [ "$1" = -o ] && out=$2; shift; done; cp "${at("net")}/\${1##*/}" "$out"`,
  );
  await tool(
    "aws",
    `case "$1 $2" in "ssm get-parameter") cat ${at("release")} ;; "s3 cp") cp "$4" ${at("bucket")}/status.json ;; esac`,
  );
  await tool(
    "python3.12",
    `for arg; do venv=$arg; done; mkdir -p "$venv/bin"; printf '#!/bin/sh\\necho "pip $*" >>${at("calls")}\\n' >"$venv/bin/pip"; chmod +x "$venv/bin/pip"`,
  );

  await writeFile(at("net", "k3s"), K3S);
  await mkdir(at("linux-amd64"));
  await writeFile(at("linux-amd64", "helm"), "the helm binary\n");
  const tarball = at("net", "helm-v3.20.0-linux-amd64.tar.gz");
  await run("tar", ["-czf", tarball, "-C", root, "linux-amd64/helm"]);
  await writeFile(at("etc", "mlflow.txt"), "mlflow-skinny==3.17.2\n");
  await writeFile(at("release"), `${"ab".repeat(32)}\n`);
  await writeFile(at("calls"), "");

  const env = {
    PATH: `${at("tools")}:${process.env.PATH}`,
    SLUICE_STAGE: "dev",
    SLUICE_BUCKET: "sluice-dev-data",
    SLUICE_HOST_DIR: at("home"),
    SLUICE_ETC_DIR: at("etc"),
    SLUICE_BIN_DIR: at("bin"),
    SLUICE_INCLUDE_DIR: at("include"),
    NODE_MAJOR: "22",
    PYTHON: "python3.12",
    K3S_VERSION: "v1.34.2+k3s1",
    K3S_SHA256: sha256(K3S),
    HELM_VERSION: "v3.20.0",
    HELM_SHA256: sha256(await readFile(tarball)),
    PROMETHEUS_CHART: "79.12.0",
  };
  return {
    at,
    setUp: (more: NodeJS.ProcessEnv = {}) => run("sh", [SETUP], { ...env, ...more }),
    /** The tools called since the last look. */
    calls: async () => {
      const lines = (await readFile(at("calls"), "utf8")).trim().split("\n").filter(Boolean);
      await writeFile(at("calls"), "");
      return lines;
    },
    status: async () => JSON.parse(await readFile(at("bucket", "status.json"), "utf8")),
  };
}

describe("setting the host up", () => {
  test("installs everything once; the next boot does nothing but report", async () => {
    const host = await machine();
    expect(await host.setUp()).toMatchObject({ code: 0 });
    expect(await readFile(host.at("bin", "k3s"), "utf8")).toBe(K3S);
    expect(await readFile(host.at("bin", "helm"), "utf8")).toBe("the helm binary\n");
    const calls = (await host.calls()).join("\n");
    expect(calls).toMatch(/^dnf -y install nodejs22 nodejs22-npm .*gcc-c\+\+/m);
    expect(calls).toContain("/k3s-io/k3s/releases/download/v1.34.2%2Bk3s1/k3s");
    expect(calls).toContain(`sluice-host fetch --release ${"ab".repeat(32)}`);
    expect(calls).toContain("systemctl restart k3s.service");
    expect(calls).toContain("systemctl restart mlflow.service");
    expect(calls).not.toContain("helm upgrade");
    expect(await host.status()).toMatchObject({ state: "ready" });

    expect(await host.setUp()).toMatchObject({ code: 0 });
    expect((await host.calls()).map((call) => call.split(" ").slice(0, 2).join(" "))).toEqual([
      "aws ssm",
      "aws s3",
    ]);
  });

  test("a download that is not the pinned file is refused by name, and training can go on", async () => {
    const host = await machine();
    await writeFile(host.at("net", "k3s"), "something else\n");
    const { code, stdout } = await host.setUp();
    expect(code).not.toBe(0);
    expect(stdout).toMatch(/v1\.34\.2%2Bk3s1\/k3s is not the pinned file/);
    expect(existsSync(host.at("bin", "k3s"))).toBe(false);
    expect(await host.status()).toMatchObject({ state: "failed", step: "k3s" });
    expect(existsSync(host.at("home", "setup", "ready"))).toBe(true);
  });

  test("goes on where it failed", async () => {
    const host = await machine();
    await rm(host.at("net", "k3s"));
    expect((await host.setUp()).code).not.toBe(0);
    await host.calls();
    await writeFile(host.at("net", "k3s"), K3S);
    expect((await host.setUp()).code).toBe(0);
    const calls = (await host.calls()).join("\n");
    expect(calls).not.toMatch(/^dnf/m);
    expect(calls).toContain("systemctl restart k3s.service");
    expect(await host.status()).toMatchObject({ state: "ready" });
  });

  test("a host is not ready for training before its packages are there", async () => {
    const host = await machine();
    await writeFile(host.at("tools", "dnf"), "#!/bin/sh\nexit 1\n");
    expect((await host.setUp()).code).not.toBe(0);
    expect(existsSync(host.at("home", "setup", "ready"))).toBe(false);
    expect(await host.status()).toMatchObject({ state: "failed", step: "packages" });
  });

  test("a changed version is installed again, the others are not", async () => {
    const host = await machine();
    await host.setUp();
    await host.calls();
    await writeFile(host.at("net", "k3s"), "a newer k3s\n");
    await host.setUp({ K3S_VERSION: "v1.34.3+k3s1", K3S_SHA256: sha256("a newer k3s\n") });
    expect(await readFile(host.at("bin", "k3s"), "utf8")).toBe("a newer k3s\n");
    expect((await host.calls()).filter((call) => /^(dnf|pip|sluice-host)/.test(call))).toEqual([]);
  });

  test("a stage that watches gets Prometheus and Grafana; without a release there is nothing to fetch", async () => {
    const host = await machine();
    await writeFile(host.at("release"), "");
    expect((await host.setUp({ SLUICE_OBSERVABILITY: "1" })).code).toBe(0);
    const calls = (await host.calls()).join("\n");
    expect(calls).toMatch(/^helm upgrade --install monitoring .*kube-prometheus-stack --version 79\.12\.0/m);
    expect(calls).not.toContain("sluice-host fetch");
  });
});
