import type { Tool } from "./tools";
import { ecrOf, PULL_SECRET } from "./values";

/**
 * Makes the namespace, in which only restricted pods may run, and the secret that its images are pulled by. ECR's
 * password lasts twelve hours: it is for the pull of this roll-out, after which the image is on the host.
 */
export async function prepareNamespace(namespace: string, image: string, tool: Tool): Promise<void> {
  const secret = await pullSecret(namespace, image, tool);
  const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
  const items = [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels } },
    ...(secret ? [secret] : []),
  ];
  // By the server, so that no annotation keeps a copy of the secret.
  const apply = ["apply", "--server-side", "--field-manager", "sluice", "--force-conflicts", "-f", "-"];
  await tool("kubectl", apply, JSON.stringify({ apiVersion: "v1", kind: "List", items }));
}

async function pullSecret(namespace: string, image: string, tool: Tool) {
  const ecr = ecrOf(image);
  if (!ecr) return undefined;
  const password = (await tool("aws", ["ecr", "get-login-password", "--region", ecr.region])).trim();
  const auths = { [ecr.registry]: { username: "AWS", password } };
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: PULL_SECRET, namespace },
    type: "kubernetes.io/dockerconfigjson",
    data: { ".dockerconfigjson": Buffer.from(JSON.stringify({ auths })).toString("base64") },
  };
}
