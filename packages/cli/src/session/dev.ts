import { readLock } from "@sluice/local/lock/index";
import type { ControlClient } from "../dev/client";

/** The `sluice dev` that holds this home, if one does. */
export async function devOf(home: string): Promise<ControlClient | undefined> {
  const holder = await readLock(home);
  if (!holder?.url) return undefined;
  const { controlClient } = await import("../dev/client");
  return controlClient(holder.url);
}
