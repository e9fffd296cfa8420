import { RemovalPolicy, type Stack } from "aws-cdk-lib";
import { CfnOIDCProvider, FederatedPrincipal, type PolicyStatement, Role } from "aws-cdk-lib/aws-iam";
import type { Stage } from "./stage";

const ISSUER = "token.actions.githubusercontent.com";
const AUDIENCE = "sts.amazonaws.com";

/**
 * Roles for jobs of one repository on GitHub: each for one of its environments and nothing else, for a subject with a
 * star in it would let in what somebody else may name. Who may run in an environment is set on GitHub.
 *
 * The account has one provider for GitHub. The first stage makes it, and leaves it behind; the others say that it is
 * there.
 */
export function gitHubTrust(stack: Stack, stage: Stage, github: { owner: string; repo: string }) {
  if (!stage.oidcProviderExists) {
    const provider = new CfnOIDCProvider(stack, "GitHub", {
      url: `https://${ISSUER}`,
      clientIdList: [AUDIENCE],
    });
    provider.applyRemovalPolicy(RemovalPolicy.RETAIN);
  }
  const provider = stack.formatArn({
    service: "iam",
    region: "",
    resource: "oidc-provider",
    resourceName: ISSUER,
  });
  return (environment: string, roleName: string, statements: PolicyStatement[]): Role => {
    const subject = `repo:${github.owner}/${github.repo}:environment:${environment}`;
    const role = new Role(stack, roleName, {
      roleName,
      description: `For GitHub's jobs in the environment ${environment}`,
      assumedBy: new FederatedPrincipal(
        provider,
        { StringEquals: { [`${ISSUER}:aud`]: AUDIENCE, [`${ISSUER}:sub`]: subject } },
        "sts:AssumeRoleWithWebIdentity",
      ),
    });
    for (const statement of statements) role.addToPolicy(statement);
    return role;
  };
}
