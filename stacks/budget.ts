import type { Stack } from "aws-cdk-lib";
import { CfnBudget } from "aws-cdk-lib/aws-budgets";
import * as iam from "aws-cdk-lib/aws-iam";
import * as sns from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";

export interface BudgetOptions {
  stage: string;
  monthlyBudgetUsd: number;
  alarmEmail: string | null;
}

/**
 * The last of the five layers that stop the host: over the month's budget, AWS Budgets tells the returned topic, and
 * the function that listens stops the machine. The whole account's cost counts: a filter by tag is empty until somebody
 * activates the tag, and an empty budget would never speak.
 */
export function budgetIn(stack: Stack, { stage, monthlyBudgetUsd, alarmEmail }: BudgetOptions) {
  const topic = new sns.Topic(stack, "OverBudget", { enforceSSL: true });
  topic.addToResourcePolicy(
    new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal("budgets.amazonaws.com")],
      actions: ["sns:Publish"],
      resources: [topic.topicArn],
      conditions: { StringEquals: { "aws:SourceAccount": stack.account } },
    }),
  );
  if (alarmEmail) topic.addSubscription(new EmailSubscription(alarmEmail));
  const budget = new CfnBudget(stack, "MonthlyBudget", {
    budget: {
      budgetName: `sluice-${stage}`,
      budgetType: "COST",
      timeUnit: "MONTHLY",
      budgetLimit: { amount: monthlyBudgetUsd, unit: "USD" },
    },
    notificationsWithSubscribers: [
      {
        notification: {
          notificationType: "ACTUAL",
          comparisonOperator: "GREATER_THAN",
          threshold: 100,
          thresholdType: "PERCENTAGE",
        },
        subscribers: [{ subscriptionType: "SNS", address: topic.topicArn }],
      },
    ],
  });
  budget.node.addDependency(topic); // with its policy: a budget whose topic refuses it is refused itself
  return { topic };
}
