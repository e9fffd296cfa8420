/** Stores as many of four values as are left. */
export function put(at: usize, values: v128, left: i32): void {
  if (left >= 4) {
    v128.store(at, values);
    return;
  }
  store<f32>(at, f32x4.extract_lane(values, 0));
  if (left > 1) store<f32>(at, f32x4.extract_lane(values, 1), 4);
  if (left > 2) store<f32>(at, f32x4.extract_lane(values, 2), 8);
}
