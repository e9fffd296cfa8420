/** Uniform numbers in [0, 1) from a 32-bit seed (mulberry32, T. Ettinger); the state can be saved and put back. */
export interface Random {
  (): number;
  state: number;
}

export function seededRandom(seed: number): Random {
  // Not the function's own property: of a function that a bundler names anew (tsx does), that is read six times slower.
  let state = seed | 0;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return Object.defineProperty(next, "state", {
    get: () => state,
    set: (saved: number) => {
      state = saved | 0;
    },
  }) as Random;
}
