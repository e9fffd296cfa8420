/** Pixels that are summed up by themselves before they join the others: a long sum in float32 loses what is small. */
const BLOCK = 256;

/**
 * Probabilities of one image's logits, and what the loss is made of.
 *
 * @param logits [count], a multiple of 4; `target` the same, 0 or 1; `into`: the probabilities
 * @param sums [4] float64: binary cross-entropy, probabilities, targets, and probabilities where the target is 1
 */
export function probabilities(logits: usize, target: usize, into: usize, count: i32, sums: usize): void {
  const zero = f32x4.splat(0);
  const one = f32x4.splat(1);
  let crossEntropy: f64 = 0;
  let found: f64 = 0;
  let truth: f64 = 0;
  let both: f64 = 0;
  for (let first = 0; first < count; first += BLOCK) {
    let sumOfCrossEntropy = zero;
    let sumOfFound = zero;
    let sumOfTruth = zero;
    let sumOfBoth = zero;
    for (let i = first, end = min(first + BLOCK, count); i < end; i += 4) {
      const at: usize = 4 * i;
      const z = v128.load(logits + at);
      const t = v128.load(target + at);
      // max(z, 0) - z t + log(1 + e^-|z|): stable for large logits of either sign
      const small = exp(f32x4.neg(f32x4.abs(z)));
      const above = v128.bitselect(small, one, f32x4.lt(z, zero));
      const p = f32x4.div(above, f32x4.add(one, small));
      const linear = f32x4.sub(f32x4.max(z, zero), f32x4.mul(z, t));
      sumOfCrossEntropy = f32x4.add(sumOfCrossEntropy, f32x4.add(linear, logOfOneAnd(small)));
      sumOfFound = f32x4.add(sumOfFound, p);
      sumOfTruth = f32x4.add(sumOfTruth, t);
      sumOfBoth = f32x4.add(sumOfBoth, f32x4.mul(p, t));
      v128.store(into + at, p);
    }
    crossEntropy += across(sumOfCrossEntropy);
    found += across(sumOfFound);
    truth += across(sumOfTruth);
    both += across(sumOfBoth);
  }
  store<f64>(sums, crossEntropy);
  store<f64>(sums, found, 8);
  store<f64>(sums, truth, 16);
  store<f64>(sums, both, 24);
}

/**
 * The loss' slope by each logit, over the probabilities.
 *
 * @param share of one pixel in the mean; `diceShare`: of the image's Dice, over its denominator
 */
export function slopes(
  probabilities: usize,
  target: usize,
  count: i32,
  share: f32,
  dice: f32,
  diceShare: f32,
): void {
  const one = f32x4.splat(1);
  const shares = f32x4.splat(share);
  const dices = f32x4.splat(dice);
  const diceShares = f32x4.splat(diceShare);
  for (let i = 0; i < count; i += 4) {
    const at: usize = 4 * i;
    const p = v128.load(probabilities + at);
    const t = v128.load(target + at);
    const ofEntropy = f32x4.mul(f32x4.sub(p, t), shares);
    const ofLogit = f32x4.mul(f32x4.mul(p, f32x4.sub(one, p)), diceShares);
    const ofDice = f32x4.mul(f32x4.sub(dices, f32x4.add(t, t)), ofLogit);
    v128.store(probabilities + at, f32x4.add(ofEntropy, ofDice));
  }
}

/** e^x for x <= 0, to a few units in float32's last place: Cephes' expf (Moshier 1992). */
function exp(x: v128): v128 {
  const inside = f32x4.max(x, f32x4.splat(-88)); // whose power of two is already 0
  const n = f32x4.nearest(f32x4.mul(inside, f32x4.splat(<f32>Math.LOG2E)));
  const upper = f32x4.sub(inside, f32x4.mul(n, f32x4.splat(0.693359375)));
  const r = f32x4.add(upper, f32x4.mul(n, f32x4.splat(2.1219444e-4)));
  let sum = f32x4.splat(1.98756915e-4);
  sum = f32x4.add(f32x4.mul(sum, r), f32x4.splat(1.3981999507e-3));
  sum = f32x4.add(f32x4.mul(sum, r), f32x4.splat(8.3334519073e-3));
  sum = f32x4.add(f32x4.mul(sum, r), f32x4.splat(4.1665795894e-2));
  sum = f32x4.add(f32x4.mul(sum, r), f32x4.splat(1.6666665459e-1));
  sum = f32x4.add(f32x4.mul(sum, r), f32x4.splat(5.0000001201e-1));
  const power = f32x4.add(f32x4.add(f32x4.mul(sum, f32x4.mul(r, r)), r), f32x4.splat(1));
  const scale = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return f32x4.mul(power, scale);
}

/** log(1 + x) for x from 0 to 1: twice the area tangent of x / (2 + x), which is at most 1/3, by its series. */
function logOfOneAnd(x: v128): v128 {
  const y = f32x4.div(x, f32x4.add(x, f32x4.splat(2)));
  const square = f32x4.mul(y, y);
  let sum = f32x4.splat(2 / 13);
  sum = f32x4.add(f32x4.mul(sum, square), f32x4.splat(2 / 11));
  sum = f32x4.add(f32x4.mul(sum, square), f32x4.splat(2 / 9));
  sum = f32x4.add(f32x4.mul(sum, square), f32x4.splat(2 / 7));
  sum = f32x4.add(f32x4.mul(sum, square), f32x4.splat(2 / 5));
  sum = f32x4.add(f32x4.mul(sum, square), f32x4.splat(2 / 3));
  sum = f32x4.add(f32x4.mul(sum, square), f32x4.splat(2));
  return f32x4.mul(sum, y);
}

function across(sums: v128): f64 {
  const first = <f64>f32x4.extract_lane(sums, 0) + <f64>f32x4.extract_lane(sums, 1);
  return first + <f64>f32x4.extract_lane(sums, 2) + <f64>f32x4.extract_lane(sums, 3);
}
