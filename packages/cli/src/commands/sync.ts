import { command } from "../command";
import { score } from "../format/values";
import { sync as fetchChampion } from "../predict/cache";
import { homeOf, stored } from "../session/home";

export const sync = command(
  { name: "sync", description: "Fetch the champion into the cache, so that predict works offline" },
  {},
  async (args) => {
    const home = homeOf(args);
    const { champion, isNew } = await fetchChampion(home, stored(home));
    const scores = `Dice ${score(champion.dice)}, IoU ${score(champion.iou)}`;
    const text = `Model ${champion.number} (${scores}) ${isNew ? "is fetched" : "was here already"}`;
    return { json: { ...champion, isNew }, text };
  },
);
