import type { HostStatus } from "@sluice/core";
import type { With } from "../step";

/** The month's budget is spent: the host is stopped, whoever holds it. A training goes on from its checkpoint. */
export async function overBudget(
  _event: unknown,
  { host }: With<"host">,
): Promise<{ before: HostStatus; after: HostStatus }> {
  const before = await host.status();
  await host.stop();
  return { before, after: await host.status() };
}
