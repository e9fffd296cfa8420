/** `mean` = `kept` * `mean` + `share` * `other`. @param count of float32, a multiple of 4 */
export function average(mean: usize, other: usize, kept: f32, share: f32, count: i32): void {
  const keeps = f32x4.splat(kept);
  const shares = f32x4.splat(share);
  for (const end = mean + 4 * count; mean < end; mean += 16, other += 16) {
    const sum = f32x4.add(f32x4.mul(keeps, v128.load(mean)), f32x4.mul(shares, v128.load(other)));
    v128.store(mean, sum);
  }
}

/**
 * One step of Adam (Kingma & Ba 2015) for each of `count` parameters, in place; all vectors are float32, and `count` is
 * a multiple of 4.
 *
 * @param decays 1 where a parameter decays and 0 where not
 * @param asGradient how much of a decaying weight is added to its gradient; `offWeights`: which share it loses
 * @param rate the learning rate, corrected for the first moment's bias; `unbias` corrects the second's
 */
export function adam(
  parameters: usize,
  firstMoments: usize,
  secondMoments: usize,
  gradient: usize,
  decays: usize,
  count: i32,
  beta1: f32,
  beta2: f32,
  epsilon: f32,
  asGradient: f32,
  offWeights: f32,
  rate: f32,
  unbias: f32,
): void {
  const one = f32x4.splat(1);
  for (let at: usize = 0; at < 4 * <usize>count; at += 16) {
    const weight = v128.load(parameters + at);
    const decay = v128.load(decays + at);
    const decaying = f32x4.mul(f32x4.splat(asGradient), f32x4.mul(decay, weight));
    const slope = f32x4.add(v128.load(gradient + at), decaying);
    const first = towards(v128.load(firstMoments + at), slope, beta1);
    const second = towards(v128.load(secondMoments + at), f32x4.mul(slope, slope), beta2);
    v128.store(firstMoments + at, first);
    v128.store(secondMoments + at, second);
    const root = f32x4.sqrt(f32x4.mul(second, f32x4.splat(unbias)));
    const move = f32x4.div(f32x4.mul(f32x4.splat(rate), first), f32x4.add(root, f32x4.splat(epsilon)));
    const kept = f32x4.mul(weight, f32x4.sub(one, f32x4.mul(f32x4.splat(offWeights), decay)));
    v128.store(parameters + at, f32x4.sub(kept, move));
  }
}

function towards(mean: v128, value: v128, beta: f32): v128 {
  return f32x4.add(f32x4.mul(f32x4.splat(beta), mean), f32x4.mul(f32x4.splat(1 - beta), value));
}
