import { DisableRuleCommand, EnableRuleCommand, EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { asRoot } from "../deploy/clients";
import type { Stage } from "./index";

/** The stage's rules, by what the template calls them. */
export type RuleName = "BatchArrived" | "RunBroken" | "Watchdog";
const RULES: RuleName[] = ["BatchArrived", "RunBroken", "Watchdog"];

function ruleOf({ resources }: Stage, name: RuleName): string {
  const found = resources.filter(
    ({ type, logicalId }) => type === "AWS::Events::Rule" && logicalId.startsWith(name),
  );
  if (found.length !== 1) throw new Error(`${found.length} rules are called ${name}`);
  return found[0]?.physicalId.split("/").at(-1) ?? "";
}

/** Switches all of the stage's rules off but these. */
export async function onlyRules(stage: Stage, on: RuleName[]): Promise<void> {
  const client = asRoot(EventBridgeClient);
  for (const name of RULES) {
    const Name = ruleOf(stage, name);
    const change = on.includes(name) ? new EnableRuleCommand({ Name }) : new DisableRuleCommand({ Name });
    await client.send(change as EnableRuleCommand);
  }
}
