/** How many numbers a tensor of that shape has. */
export const sizeOf = (shape: readonly number[]) => shape.reduce((product, side) => product * side, 1);

/** Rounded up to what vectors of four take at once. */
export const upToFour = (count: number) => 4 * Math.ceil(count / 4);
