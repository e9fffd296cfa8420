import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { json } from "./sluice";

// npm run dashboards
writeFileSync(join(import.meta.dirname, "../chart/dashboards/sluice.json"), json);
