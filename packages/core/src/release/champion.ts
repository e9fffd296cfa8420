import * as Registry from "../registry";
import { changed, type Info, type ReleaseWorld } from "./log";

/**
 * Sends all traffic to the registry's champion. Who changes the champion calls this afterwards: it looks again after it
 * has written, so that of two at once (a run that promotes, a person who rolls back) the registry's last word serves.
 */
export async function deployChampion(
  cause: Pick<Info, "reason" | "by">,
  world: ReleaseWorld,
): Promise<Info | undefined> {
  for (;;) {
    const { champion } = await Registry.read(world);
    const release = await changed(cause, world, (now) =>
      now?.champion === champion && now.canary === null ? null : { champion, canary: null, weight: 0 },
    );
    if ((await Registry.read(world)).champion === champion) return release;
  }
}
