import { cpSync } from "node:fs";
import { chmod, copyFile, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { cloudInit, type HostValues, hostFiles, USER_DATA_LIMIT } from "./cloud-init";
import { hasTool, run, testFolder } from "./testing";

const VALUES: HostValues = {
  stage: "dev",
  region: "eu-west-1",
  bucket: "sluice-dev-data",
  servesAlways: false,
  observability: false,
};

describe("the user data", () => {
  test("fits what EC2 takes, with room for the tokens of CloudFormation", () => {
    expect(Buffer.byteLength(cloudInit(VALUES))).toBeLessThan(USER_DATA_LIMIT - 1_000);
  });

  test("is the same for the same files: a deploy that changes nothing leaves the host alone", () => {
    expect(cloudInit(VALUES)).toBe(cloudInit(VALUES));
  });

  test("says nothing of a release: a new one must not stop a running host", () => {
    expect(cloudInit(VALUES)).not.toMatch(/RELEASE/);
  });

  test("lays every file of the host out, when its boot commands are run", async () => {
    const root = await testFolder();
    const { bootcmd, ...rest } = parse(cloudInit(VALUES)) as { bootcmd: string[][] };
    expect(rest).toEqual({});
    const shell = bootcmd.filter(([program]) => program === "sh");
    for (const [file = "", ...args] of shell) {
      const below = args.map((arg) => arg.replace(/(?<=[ >]|^)\/(?=etc|usr|opt)/g, `${root}/`));
      expect(await run(file, below)).toMatchObject({ code: 0, stderr: "" });
    }

    const files = hostFiles();
    expect(files.length).toBeGreaterThan(8);
    for (const { path, mode, text } of files) {
      expect(await readFile(join(root, path), "utf8")).toBe(text);
      expect(((await stat(join(root, path))).mode & 0o777).toString(8)).toBe(mode.slice(1));
    }
    expect(await readFile(join(root, "etc/sluice/host.env"), "utf8")).toBe(
      [
        "SLUICE_STAGE=dev",
        "SLUICE_BUCKET=sluice-dev-data",
        "SLUICE_HOST_DIR=/opt/sluice",
        "SLUICE_SERVES_ALWAYS=0",
        "SLUICE_OBSERVABILITY=0",
        "AWS_REGION=eu-west-1",
        "AWS_DEFAULT_REGION=eu-west-1",
        "",
      ].join("\n"),
    );
    expect(bootcmd.filter(([program]) => program !== "sh")).toEqual([
      ["systemctl", "daemon-reload"],
      ["systemctl", "enable", "sluice-deadman.timer", "sluice-setup.service"],
      ["systemctl", "start", "--no-block", "sluice-deadman.timer", "sluice-setup.service"],
    ]);
  });
});

describe("checked by the tools of the field", () => {
  test.runIf(hasTool("cloud-init"))("cloud-init knows its schema", async () => {
    const folder = await testFolder();
    const check = async (name: string, text: string) => {
      await writeFile(join(folder, name), text);
      return (await run("cloud-init", ["schema", "--config-file", join(folder, name)])).code;
    };
    expect(await check("user-data.yaml", cloudInit(VALUES))).toBe(0);
    expect(await check("broken.yaml", "#cloud-config\nbootcmd: 5\n")).not.toBe(0);
  });

  test.runIf(hasTool("systemd-analyze"))("systemd finds nothing wrong with the units", async () => {
    const root = await hostRoot();
    const units = hostFiles().flatMap(({ path }) => /\/systemd\/system\/(.+)$/.exec(path)?.[1] ?? []);
    expect(units.length).toBeGreaterThan(4);
    const verify = () => run("systemd-analyze", ["verify", `--root=${root}`, ...units]);
    expect(await verify()).toMatchObject({ code: 0, stderr: "" });

    const unit = join(root, "etc/systemd/system/mlflow.service");
    await writeFile(unit, (await readFile(unit, "utf8")).replace("Restart=", "Restrat="));
    expect((await verify()).stderr).toContain("Restrat");
  });

  test.runIf(hasTool("shellcheck"))("shellcheck finds nothing in the scripts", async () => {
    const folder = await testFolder();
    const scripts = hostFiles().filter(({ text }) => text.startsWith("#!/bin/sh"));
    expect(scripts.length).toBeGreaterThan(1);
    for (const { path, text } of scripts) {
      const file = join(folder, path.replaceAll("/", "_"));
      await writeFile(file, text);
      expect(await run("shellcheck", ["--shell=sh", file])).toMatchObject({ code: 0, stdout: "" });
    }
  });
});

/** A tree with this system's own units, the host's files, and stand-ins for the programs that are installed later. */
async function hostRoot(): Promise<string> {
  const root = await testFolder();
  cpSync("/usr/lib/systemd/system", join(root, "usr/lib/systemd/system"), { recursive: true });
  for (const { path, mode, text } of hostFiles()) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
    await chmod(join(root, path), Number.parseInt(mode, 8));
  }
  for (const program of ["usr/local/bin/k3s", "opt/sluice/mlflow/bin/mlflow", "usr/sbin/modprobe"]) {
    await mkdir(dirname(join(root, program)), { recursive: true });
    await copyFile(join(root, "usr/local/bin/sluice-deadman"), join(root, program));
  }
  await writeFile(join(root, "etc/sluice/host.env"), "");
  return root;
}
