import * as z from "zod";
import type { Tool } from "./tools";

/** Of Helm, in the namespace of the stage. */
export const RELEASE = "sluice";
const LABEL = `app.kubernetes.io/instance=${RELEASE}`;

const Container = z.object({
  image: z.string(),
  ports: z.array(z.object({ name: z.string().optional(), containerPort: z.number() })).default([]),
});
const Status = z.object({
  phase: z.string().optional(),
  podIP: z.string().optional(),
  containerStatuses: z
    .array(
      z.object({
        started: z.boolean().default(false),
        state: z.object({ waiting: z.object({ reason: z.string().optional() }).optional() }).default({}),
      }),
    )
    .default([]),
});
const PodObject = z.object({
  kind: z.literal("Pod"),
  metadata: z.object({ name: z.string(), deletionTimestamp: z.string().optional() }),
  spec: z.object({ containers: z.tuple([Container], Container) }),
  status: Status,
});
const ServiceObject = z.object({
  kind: z.literal("Service"),
  spec: z.object({ clusterIP: z.string(), ports: z.tuple([z.object({ port: z.number() })], z.unknown()) }),
});
const List = z.object({ items: z.array(z.union([PodObject, ServiceObject])) });

export interface ServingPod {
  name: string;
  image: string;
  /** Undefined while it has no address. */
  url?: string;
  /** Its server answers `/health`. */
  isStarted: boolean;
  /** Why it does not come up, in Kubernetes' words. */
  waitsFor?: string;
}

/** The pods of the chart that are not on their way out, and the address of its Service inside the cluster. */
export async function servingPods(
  namespace: string,
  tool: Tool,
): Promise<{ pods: ServingPod[]; url: string | undefined }> {
  const json = await tool("kubectl", ["-n", namespace, "get", "pods,services", "-l", LABEL, "-o", "json"]);
  const { items } = List.parse(JSON.parse(json));
  const service = items.find((item) => item.kind === "Service");
  return {
    pods: items.flatMap((item) => (item.kind === "Pod" && isStaying(item) ? [toPod(item)] : [])),
    url: service && `http://${service.spec.clusterIP}:${service.spec.ports[0].port}`,
  };
}

/** Evicted pods stay in the list. */
const isStaying = ({ metadata, status }: z.infer<typeof PodObject>) =>
  !metadata.deletionTimestamp && status.phase !== "Failed" && status.phase !== "Succeeded";

function toPod({ metadata, spec, status }: z.infer<typeof PodObject>): ServingPod {
  const [{ image, ports }] = spec.containers;
  const port = ports.find(({ name }) => name === "http")?.containerPort ?? 8080;
  const [container] = status.containerStatuses;
  return {
    name: metadata.name,
    image,
    url: status.podIP && `http://${status.podIP}:${port}`,
    isStarted: container?.started ?? false,
    waitsFor: container?.state.waiting?.reason,
  };
}
