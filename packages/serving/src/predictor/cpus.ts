import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";

type Read = (file: string) => string | undefined;

const readText: Read = (file) => {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    return undefined;
  }
};

/**
 * How many CPUs this process may keep busy: the container's limit (cgroup v2 or v1) where there is one, rounded up;
 * otherwise the machine's. More threads than that are only throttled.
 */
export function cpuLimit(read: Read = readText, machine = availableParallelism()): number {
  const quotas = [...quotasOfV2(read), ...quotasOfV1(read)].filter((cpus) => cpus > 0);
  return Math.max(1, Math.min(machine, Math.ceil(Math.min(...quotas, machine))));
}

/** Of this process's group and of those around it: `cpu.max` says `max` or a quota, and the period, in microseconds. */
function quotasOfV2(read: Read): number[] {
  const own = /^0::(\/.*)$/m.exec(read("/proc/self/cgroup") ?? "")?.[1] ?? "/";
  const parts = own.split("/").filter((part) => part !== "" && part !== "..");
  return [...parts.keys(), parts.length].map((depth) => {
    const [quota, period] = (
      read(["/sys/fs/cgroup", ...parts.slice(0, depth), "cpu.max"].join("/")) ?? ""
    ).split(" ");
    return Number(quota) / Number(period); // NaN where there is none
  });
}

/** -1 is no limit. */
const quotasOfV1 = (read: Read): number[] =>
  ["cpu", "cpu,cpuacct"].map(
    (controller) =>
      Number(read(`/sys/fs/cgroup/${controller}/cpu.cfs_quota_us`) ?? Number.NaN) /
      Number(read(`/sys/fs/cgroup/${controller}/cpu.cfs_period_us`) ?? Number.NaN),
  );
