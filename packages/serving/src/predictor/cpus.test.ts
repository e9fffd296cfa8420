import { expect, test } from "vitest";
import { cpuLimit } from "./cpus";

const files = (contents: Record<string, string>) => (file: string) => contents[file];

test("without a limit it is the machine's", () => {
  expect(cpuLimit(files({}), 6)).toBe(6);
  expect(cpuLimit(files({ "/sys/fs/cgroup/cpu.max": "max 100000" }), 6)).toBe(6);
  expect(
    cpuLimit(
      files({
        "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1",
        "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000",
      }),
      6,
    ),
  ).toBe(6);
});

test("a container's quota counts, rounded up, at least one", () => {
  const limited = (max: string) => cpuLimit(files({ "/sys/fs/cgroup/cpu.max": max }), 16);
  expect(limited("200000 100000")).toBe(2);
  expect(limited("150000 100000")).toBe(2);
  expect(limited("25000 100000")).toBe(1);
  expect(limited("3200000 100000")).toBe(16);
});

test("of groups within groups the tightest counts", () => {
  const nested = {
    "/proc/self/cgroup": "0::/kubepods/pod7/main\n",
    "/sys/fs/cgroup/kubepods/cpu.max": "800000 100000",
    "/sys/fs/cgroup/kubepods/pod7/cpu.max": "300000 100000",
    "/sys/fs/cgroup/kubepods/pod7/main/cpu.max": "max 100000",
  };
  expect(cpuLimit(files(nested), 16)).toBe(3);
});

test("cgroup v1, under either name of its controller", () => {
  for (const name of ["cpu", "cpu,cpuacct"]) {
    const old = {
      [`/sys/fs/cgroup/${name}/cpu.cfs_quota_us`]: "400000",
      [`/sys/fs/cgroup/${name}/cpu.cfs_period_us`]: "100000",
    };
    expect(cpuLimit(files(old), 16)).toBe(4);
  }
});
