import type { LoadedModel } from "../app/deps";
import type { Predictor } from "../predictor";

/** A model that can be retired while requests still use it: it is closed when the last one lets go. */
export interface Held extends LoadedModel {
  hold(): () => void;
  /** Resolves when it is closed. */
  retire(): Promise<void>;
}

export function held(number: number, predictor: Predictor): Held {
  let holders = 0;
  let idle = () => {};
  const hold = () => {
    holders++;
    let holds = true;
    return () => {
      if (!holds) return;
      holds = false;
      holders--;
      if (holders === 0) idle();
    };
  };
  const retire = async () => {
    if (holders > 0) {
      await new Promise<void>((resolve) => {
        idle = resolve;
      });
    }
    await predictor.close();
  };
  return { number, predictor, hold, retire };
}
