import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, sep } from "node:path";
import { SluiceError } from "@sluice/core/errors";
import { readLock } from "@sluice/local/lock/index";

const MARK = "demo.json";

/**
 * A fresh home for a demo: `demo` under the given home. What an earlier demo left there is removed, and only
 * that: it is known by its mark.
 *
 * @param kept a folder that must outlive it
 * Throws `world.locked` while another demo works there, `world.conflict` for a folder that is no demo's,
 * `usage.invalid` where `kept` lies in it.
 */
export async function freshHome(home: string, kept?: string): Promise<string> {
  const folder = join(home, "demo");
  if (kept && `${kept}${sep}`.startsWith(`${folder}${sep}`)) {
    const hint = "Copy it elsewhere, or choose another folder with --home.";
    throw new SluiceError("usage.invalid", `${kept} lies in ${folder}, which each demo clears`, hint);
  }
  const names: string[] = await readdir(folder).catch(() => []);
  if (names.length > 0) await clear(folder, names.includes(MARK));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, MARK), `${JSON.stringify({ madeBy: "sluice demo" })}\n`);
  return folder;
}

async function clear(folder: string, isMarked: boolean): Promise<void> {
  const mark = isMarked ? await readFile(join(folder, MARK), "utf8") : "";
  if (!mark.includes("sluice demo")) {
    const hint = "Move it away, or choose another folder with --home.";
    throw new SluiceError("world.conflict", `${folder} is there and no demo has made it`, hint);
  }
  const holder = await readLock(folder);
  if (holder) {
    throw new SluiceError(
      "world.locked",
      `Process ${holder.pid} runs a demo in ${folder}`,
      "End it, or choose another folder with --home.",
    );
  }
  await stopLeftovers(folder);
  await rm(folder, { recursive: true, force: true });
}

/** A killed demo may have left its serving process. */
async function stopLeftovers(home: string): Promise<void> {
  const { openWorld } = await import("@sluice/local");
  await openWorld({ home }).host.stop();
}
