const HALF = 127.5;

/** Which edges a cell's line leads from and to, by the corners inside (1 top left, 2 top right, 4 bottom right, 8). */
const LINES = [
  [],
  ["left", "top"],
  ["top", "right"],
  ["left", "right"],
  ["right", "bottom"],
  ["left", "top", "right", "bottom"],
  ["top", "bottom"],
  ["left", "bottom"],
  ["bottom", "left"],
  ["bottom", "top"],
  ["top", "right", "bottom", "left"],
  ["bottom", "right"],
  ["right", "left"],
  ["right", "top"],
  ["top", "left"],
  [],
];

/**
 * The closed lines between bright and dark (marching squares, Lorensen and Cline 1987, in the plane): what is
 * bright lies on the left of each.
 *
 * @param {{values: ArrayLike<number>, width: number, height: number}} field 0..255, dark at its rim
 * @returns {[number, number][][]} points between the pixels' centres, which are at whole numbers
 */
export function contours({ values, width, height }) {
  const edgeOf = (x, y, side) => {
    const [right, down, isUpright] = {
      top: [0, 0, 0],
      bottom: [0, 1, 0],
      left: [0, 0, 1],
      right: [1, 0, 1],
    }[side];
    return 2 * ((y + down) * width + x + right) + isUpright;
  };
  const next = new Map();
  for (let y = 0; y < height - 1; y++) {
    for (let x = 0; x < width - 1; x++) {
      const at = y * width + x;
      const corners =
        (values[at] > HALF ? 1 : 0) |
        (values[at + 1] > HALF ? 2 : 0) |
        (values[at + width + 1] > HALF ? 4 : 0) |
        (values[at + width] > HALF ? 8 : 0);
      const sides = LINES[corners];
      for (let i = 0; i < sides.length; i += 2) {
        next.set(edgeOf(x, y, sides[i]), edgeOf(x, y, sides[i + 1]));
      }
    }
  }
  return [...rings(next)].map((ring) => ring.map((edge) => crossing(values, width, edge)));
}

function* rings(next) {
  for (const start of next.keys()) {
    const ring = [];
    for (let edge = start; next.has(edge); ) {
      ring.push(edge);
      const following = next.get(edge);
      next.delete(edge);
      edge = following;
    }
    if (ring.length > 0) yield ring;
  }
}

function crossing(values, width, edge) {
  const at = edge >> 1;
  const isUpright = edge % 2 === 1;
  const [from, to] = [values[at], values[at + (isUpright ? width : 1)]];
  const share = (HALF - from) / (to - from);
  const [x, y] = [at % width, Math.floor(at / width)];
  return isUpright ? [x, y + share] : [x + share, y];
}

/** Fewer points, none of the line further away than the tolerance (Douglas and Peucker 1973). */
export function simplified(ring, tolerance) {
  const far = farthest(ring, 0, ring.length - 1, (point) => distance(point, ring[0])).index;
  const closed = [...ring, ring[0]];
  const kept = new Set([0, far]);
  const spans = [
    [0, far],
    [far, ring.length],
  ];
  while (spans.length > 0) {
    const [from, to] = spans.pop();
    const off = (point) => offLine(point, closed[from], closed[to]);
    const { index, value } = farthest(closed, from + 1, to - 1, off);
    if (value <= tolerance) continue;
    kept.add(index);
    spans.push([from, index], [index, to]);
  }
  return ring.filter((_, i) => kept.has(i));
}

function farthest(points, from, to, measure) {
  let best = { index: from, value: 0 };
  for (let index = from; index <= to; index++) {
    const value = measure(points[index]);
    if (value > best.value) best = { index, value };
  }
  return best;
}

const distance = ([ax, ay], [bx, by]) => Math.hypot(ax - bx, ay - by);

function offLine(point, a, b) {
  const length = distance(a, b);
  if (length === 0) return distance(point, a);
  return Math.abs((b[0] - a[0]) * (a[1] - point[1]) - (a[0] - point[0]) * (b[1] - a[1])) / length;
}
