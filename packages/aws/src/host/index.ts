import { EC2Client, StartInstancesCommand, StopInstancesCommand } from "@aws-sdk/client-ec2";
import { SSMClient } from "@aws-sdk/client-ssm";
import { SluiceError } from "@sluice/core/errors";
import type { Host } from "@sluice/core/ports";
import { sdk } from "../clients";
import { namedAs } from "../failures";
import { describeAgent, describeInstance, gone } from "./instance";

const NO_CAPACITY = ["InsufficientInstanceCapacity", "InsufficientHostCapacity"];
const NO_QUOTA = ["InstanceLimitExceeded", "VcpuLimitExceeded"];
const WRONG_STATE = "IncorrectInstanceState";

/**
 * The EC2 instance that trains. It is ready once it runs and its SSM agent answers.
 *
 * @param stopLimitMs an instance that is only starting cannot be stopped yet: for so long, `stop` tries again
 */
export function ec2Host(options: {
  instanceId: string;
  ec2?: EC2Client;
  ssm?: SSMClient;
  stopLimitMs?: number;
  pauseMs?: number;
}): Host {
  const { instanceId, ec2 = sdk(EC2Client), ssm = sdk(SSMClient) } = options;
  const { stopLimitMs = 60_000, pauseMs = 2_000 } = options;
  const InstanceIds = [instanceId];
  const isRunning = async () => (await describeInstance(ec2, instanceId)).state !== "terminated";

  return {
    async status() {
      const { state } = await describeInstance(ec2, instanceId);
      if (state === "terminated") throw gone(instanceId, "is terminated");
      if (state === "pending") return "starting";
      if (state !== "running") return state;
      return (await describeAgent(ssm, instanceId))?.isOnline ? "ready" : "starting";
    },

    /** One that is stopping is left alone: who waits for the host asks again. */
    async start() {
      try {
        await ec2.send(new StartInstancesCommand({ InstanceIds }));
      } catch (error) {
        if (namedAs(error, ...NO_CAPACITY)) throw noCapacity(instanceId, error);
        if (namedAs(error, ...NO_QUOTA)) throw noQuota(instanceId, error);
        if (!namedAs(error, WRONG_STATE)) throw error;
        if (!(await isRunning())) throw gone(instanceId, "is terminated");
      }
    },

    async stop() {
      const until = Date.now() + stopLimitMs;
      for (;;) {
        try {
          await ec2.send(new StopInstancesCommand({ InstanceIds }));
          return;
        } catch (error) {
          if (!namedAs(error, WRONG_STATE)) throw error;
          if (!(await isRunning())) return; // terminated: there is nothing left to stop
          if (Date.now() > until) throw notYet(instanceId, error);
          await new Promise((resolve) => setTimeout(resolve, pauseMs));
        }
      }
    },
  };
}

const noCapacity = (instanceId: string, cause: unknown) =>
  new SluiceError(
    "host.no_capacity",
    `AWS has no machine free for the host ${instanceId} in its zone`,
    "Resume the run in a while: sluice runs resume. If it stays so: another SLUICE_INSTANCE_TYPE, and deploy the stage.",
    { cause },
  );

const noQuota = (instanceId: string, cause: unknown) =>
  new SluiceError(
    "host.no_capacity",
    `The account may run no more machines: the host ${instanceId} is not started`,
    "Ask for more vCPUs in Service Quotas (EC2, standard instances), then: sluice runs resume.",
    { cause },
  );

const notYet = (instanceId: string, cause: unknown) =>
  new SluiceError(
    "world.conflict",
    `The host ${instanceId} is only just starting, and cannot be stopped yet`,
    "It is tried again by itself; the watchdog stops it, too.",
    { cause },
  );
