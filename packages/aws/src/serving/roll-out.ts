import { sha256 } from "@sluice/core/digest";
import { SluiceError } from "@sluice/core/errors";
import type { Commands, Documents } from "@sluice/core/ports";
import * as z from "zod";

const KEY = "serving/roll-out";
/** What `sluice-pods roll-out` may take at most, with all that it waits for. */
const TIMEOUT_SECONDS = 20 * 60;

const State = z.object({
  /** Digest of what was rolled out. */
  target: z.string(),
  number: z.number().int().positive(),
  /** `ended`: it failed, or what it brought is gone. */
  state: z.enum(["sent", "done", "ended"]),
});
type State = z.infer<typeof State>;

/** All that a roll-out follows from: what is the same is rolled out once. */
export interface Target {
  stage: string;
  image: string;
  bucket: string;
  table: string;
  region: string;
  /** Of the host: the chart comes with it. */
  release: string;
  /** Another host has nothing yet. */
  instanceId: string;
}

export interface RollOuts {
  /** Sends it to the host unless it was sent: what it waits for, undefined once it is there. Throws where it failed. */
  ensure(): Promise<string | undefined>;
  /** What was rolled out is not there any more: the next `ensure` does it again. */
  forget(): Promise<void>;
}

/** One roll-out at a time, as a command on the host that nobody waits for. */
export function rollOuts({
  commands,
  documents,
  target,
  program,
}: {
  commands: Commands;
  documents: Documents;
  target: Target;
  program: string;
}): RollOuts {
  const wanted = sha256(JSON.stringify(target));
  const line = `${program} roll-out --image ${target.image}`;
  const commandId = ({ number }: State) => `roll-out-${number}`;
  const pending = `${target.image} is being rolled out`;

  const move = ({ number, state }: State, next: State["state"]) =>
    documents.update(KEY, State, (now) => {
      if (!now) throw new SluiceError("document.invalid", `${KEY} is gone`, "Deploy the stage again.");
      return now.number === number && now.state === state ? { ...now, state: next } : now;
    });

  const begin = (last: State | undefined) =>
    documents.update(
      KEY,
      State,
      (now): State =>
        now !== undefined && now.number !== last?.number
          ? now // another was faster
          : { target: wanted, number: (now?.number ?? 0) + 1, state: "sent" },
    );

  async function follow(sent: State): Promise<string | undefined> {
    const id = commandId(sent);
    if (sent.target === wanted) await commands.send({ id, line, timeoutSeconds: TIMEOUT_SECONDS });
    const status = await commands.status(id);
    if (status?.state === "running") return pending;
    const isDone = status?.state === "succeeded";
    await move(sent, isDone ? "done" : "ended");
    if (sent.target !== wanted) return pending; // of an earlier code version: ours is next
    if (isDone) return undefined;
    throw failed(target.image, id, status?.tail ?? `it was ${status?.state ?? "never sent"}`);
  }

  return {
    async ensure() {
      const last = await documents.read(KEY, State);
      if (last?.state === "sent") return follow(last);
      if (last?.state === "done" && last.target === wanted) return undefined;
      return follow(await begin(last));
    },

    async forget() {
      const last = await documents.read(KEY, State);
      if (last?.state === "done") await move(last, "ended");
    },
  };
}

const failed = (image: string, id: string, said: string) =>
  new SluiceError(
    "serving.unreachable",
    `${image} was not rolled out, and what served before still does: ${said.trim().split("\n").at(-1) ?? ""}`,
    `See commands/${id}/log in the stage's bucket, then resume the run: that tries it again.`,
  );
