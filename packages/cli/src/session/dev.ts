import { readLock } from "@sluice/local/lock/index";
import type { DevClient } from "../dev/client";

/** The `sluice dev` that holds this home, if one does. */
export async function devOf(home: string): Promise<DevClient | undefined> {
  const holder = await readLock(home);
  if (!holder?.url) return undefined;
  const { devClient } = await import("../dev/client");
  return devClient(holder.url);
}
