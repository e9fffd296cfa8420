import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { json, rows, sluice } from "./sluice";

test("the chart has the dashboard as it is written here", () => {
  const chart = readFileSync(join(import.meta.dirname, "../chart/dashboards/sluice.json"), "utf8");
  expect(chart, "Write it again: npm run dashboards").toBe(json);
});

test("no panel lies on another, and each says what it shows", () => {
  const taken = new Set<string>();
  for (const { gridPos, id } of sluice.panels) {
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        expect(taken, `panel ${id}`).not.toContain(`${x},${y}`);
        taken.add(`${x},${y}`);
      }
    }
    expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
  }
  expect(new Set(sluice.panels.map(({ id }) => id)).size).toBe(sluice.panels.length);
  for (const panel of rows.flatMap(({ panels }) => panels)) expect(panel.description).not.toBe("");
});
