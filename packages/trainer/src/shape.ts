/** How many numbers a tensor of that shape has. */
export const sizeOf = (shape: readonly number[]) => shape.reduce((product, side) => product * side, 1);
