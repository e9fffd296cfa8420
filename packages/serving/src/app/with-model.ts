import { Release, SluiceError } from "@sluice/core";
import { type Chosen, choose, ROLE_HEADER, standIn } from "./choose";
import type { AppContext, Serving } from "./context";
import type { Models } from "./deps";
import { statusOf } from "./errors";

/**
 * One slot and one model for the whole of the work: the request's by its id, or the one that it asks for by name. The
 * model stays open until the work has ended.
 *
 * @param askedOf the role that is asked for among the models of that moment
 * Throws `usage.invalid` for a role that does not exist, `model.not_ready`, `model.not_found` where the model asked for is not loaded, `serving.busy`.
 */
export async function withModel<T>(
  serving: Serving,
  c: AppContext,
  work: (chosen: Chosen) => Promise<T>,
  askedOf = (_: Models) => c.req.header(ROLE_HEADER),
): Promise<T> {
  const pick = () => {
    const asked = askedOf(serving.models());
    if (asked !== undefined && !Release.Role.safeParse(asked).success) throw unknownRole();
    const chosen = choose(serving.models(), c.get("requestId"), asked);
    if (chosen) return chosen;
    throw notLoaded(serving, asked);
  };
  pick(); // none there: no need to wait for a slot to say so
  return serving.slots.run(async () => {
    const chosen = pick(); // now: a model that is not held may be gone before its turn comes
    return held(c, chosen, () => work(chosen));
  });
}

/**
 * Asks the model; where a live canary fails by its own fault, that is counted against it, and the champion answers
 * instead: clients do not pay for an experiment. `ask` may therefore run twice.
 */
export async function withStandIn<T>(
  serving: Serving,
  c: AppContext,
  chosen: Chosen,
  ask: (chosen: Chosen) => Promise<T>,
): Promise<T> {
  try {
    return await ask(chosen);
  } catch (error) {
    const other = standIn(serving.models(), chosen);
    const { status, code } = statusOf(error);
    if (!other || status < 500) throw error;
    serving.metrics.failed(labelsOf(chosen), code);
    serving.log(`${c.get("requestId")} The canary, model ${chosen.model.number}, failed (${code}): ${error}`);
    return held(c, other, () => ask(other));
  }
}

export const labelsOf = ({ role, model }: Chosen) => ({ version: model.number, role });

async function held<T>(c: AppContext, chosen: Chosen, work: () => Promise<T>): Promise<T> {
  c.set("answeredBy", { ...labelsOf(chosen), traffic: chosen.traffic });
  const release = chosen.model.hold?.();
  try {
    return await work();
  } finally {
    release?.();
  }
}

const unknownRole = () =>
  new SluiceError(
    "usage.invalid",
    `There is no such ${ROLE_HEADER}`,
    `What there is: ${Release.Role.options.join(", ")}.`,
  );

function notLoaded(serving: Serving, asked: string | undefined): SluiceError {
  const { champion, canary } = serving.models();
  const again = "It is tried again by itself; see /ready.";
  if (!champion && !canary) return new SluiceError("model.not_ready", serving.state().reason, again);
  const hint = `Ask without the header ${ROLE_HEADER}; see /ready.`;
  return new SluiceError("model.not_found", `No ${asked} is loaded`, hint);
}
