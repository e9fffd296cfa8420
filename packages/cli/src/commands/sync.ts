import { command, staged } from "../command";
import { score } from "../format/values";
import { sync as fetchChampion } from "../predict/cache";
import { homeOf } from "../session/home";
import { storedAt } from "../session/stage";

export const sync = command(
  { name: "sync", description: "Fetch the champion into the cache, so that predict works offline" },
  staged,
  async (args) => {
    const { champion, isNew } = await fetchChampion(homeOf(args), await storedAt(args));
    const scores = `Dice ${score(champion.dice)}, IoU ${score(champion.iou)}`;
    const text = `Model ${champion.number} (${scores}) ${isNew ? "is fetched" : "was here already"}`;
    return { json: { ...champion, isNew }, text };
  },
);
