/**
 * The smallest rectangle around points, however it is turned: one of its sides lies on their hull (Freeman and
 * Shapira 1975).
 *
 * @param {[number, number][]} points at least three, not all on one line
 * @returns {{x: number, y: number, width: number, height: number, angle: number}} its centre, its longer and its
 *   shorter side, and how far the longer one is turned clockwise on the screen, radians, over -π/2, to π/2
 */
export function smallestRectangle(points) {
  const corners = hull(points);
  const candidates = corners.map((from, i) => {
    const to = corners[(i + 1) % corners.length];
    return around(corners, Math.atan2(to[1] - from[1], to[0] - from[0]));
  });
  const best = candidates.reduce((a, b) => (b.width * b.height < a.width * a.height ? b : a));
  return best.width >= best.height
    ? { ...best, angle: halfTurn(best.angle) }
    : { ...best, width: best.height, height: best.width, angle: halfTurn(best.angle + Math.PI / 2) };
}

/** The area within a ring of points. */
export const areaOf = (ring) =>
  Math.abs(
    ring.reduce((sum, [x, y], i) => {
      const [nextX, nextY] = ring[(i + 1) % ring.length];
      return sum + x * nextY - nextX * y;
    }, 0),
  ) / 2;

function around(points, angle) {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const along = points.map(([x, y]) => x * cos + y * sin);
  const across = points.map(([x, y]) => y * cos - x * sin);
  const [left, right] = [Math.min(...along), Math.max(...along)];
  const [top, bottom] = [Math.min(...across), Math.max(...across)];
  const [u, v] = [(left + right) / 2, (top + bottom) / 2];
  return { x: u * cos - v * sin, y: u * sin + v * cos, width: right - left, height: bottom - top, angle };
}

/** The same direction, between -π/2 (not included) and π/2. */
function halfTurn(angle) {
  const turned = angle - Math.PI * Math.round(angle / Math.PI);
  return turned <= -Math.PI / 2 + 1e-9 ? turned + Math.PI : turned;
}

/** The corners of the convex hull (Andrew's monotone chain, 1979). */
function hull(points) {
  const sorted = [...points].sort(([ax, ay], [bx, by]) => ax - bx || ay - by);
  const chain = (list) => {
    const out = [];
    for (const point of list) {
      while (out.length > 1 && turn(out.at(-2), out.at(-1), point) <= 0) out.pop();
      out.push(point);
    }
    return out.slice(0, -1);
  };
  return [...chain(sorted), ...chain(sorted.reverse())];
}

const turn = ([ax, ay], [bx, by], [cx, cy]) => (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
