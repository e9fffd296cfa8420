import { SluiceError } from "@sluice/core/errors";
import { command } from "../command";
import type { Check } from "../doctor/checks";
import type { Io } from "../io";
import { homeOf } from "../session/home";

export const doctor = command(
  {
    name: "doctor",
    description: "What is here: backends, versions, what falls back to what, and how to mend it",
  },
  {},
  async (args, io) => {
    const { checkAll } = await import("../doctor/checks");
    const checks = await checkAll(homeOf(args));
    const missing = checks.filter(({ state }) => state === "missing");
    const text = checks.map((check) => line(check, io)).join("\n");
    const json = { ok: missing.length === 0, checks };
    if (missing.length === 0) return { json, text };
    const names = missing.map(({ name }) => name).join(", ");
    return {
      json,
      text,
      error: new SluiceError("host.backend_missing", `Missing: ${names}`, "See the lines above."),
    };
  },
);

function line({ name, state, detail, fix }: Check, { colours }: Pick<Io, "colours">): string {
  const marks = { ok: colours.green("✓"), fallback: colours.yellow("!"), missing: colours.red("✗") };
  return `${marks[state]} ${name.padEnd(17)} ${detail}${fix ? colours.bold(`  → ${fix}`) : ""}`;
}
