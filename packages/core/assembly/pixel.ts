/** The lowest bytes of three numbers from 0 to 255; the fourth is written, too, where the next pixel begins. */
export function storePixel(out: usize, colours: v128): void {
  const words = i16x8.narrow_i32x4_s(colours, colours);
  v128.store32_lane(out, i8x16.narrow_i16x8_u(words, words), 0);
}
