/** Uniform numbers in [0, 1) from a 32-bit seed (mulberry32, T. Ettinger); the state can be saved and put back. */
export interface Random {
  (): number;
  state: number;
}

export function seededRandom(seed: number): Random {
  const next = (() => {
    next.state = (next.state + 0x6d2b79f5) | 0;
    let t = Math.imul(next.state ^ (next.state >>> 15), 1 | next.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }) as Random;
  next.state = seed | 0;
  return next;
}
