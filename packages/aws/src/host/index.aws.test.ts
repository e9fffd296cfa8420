import { EC2Client, TerminateInstancesCommand } from "@aws-sdk/client-ec2";
import { eventually } from "@sluice/core/testing/contracts/make";
import { expect, test } from "vitest";
import { inject, requests } from "../testing/emulator";
import { testInstance } from "../testing/instance";
import { ec2Host } from "./index";

const becomes = (host: ReturnType<typeof ec2Host>, wanted: string) =>
  eventually(
    () => host.status(),
    (status) => status === wanted,
  );

test("it is starting until its agent answers, and stopping before it is stopped", async () => {
  const host = ec2Host({ instanceId: await testInstance() });
  await host.start();
  const seen = new Set<string>();
  await eventually(
    async () => {
      const status = await host.status();
      seen.add(status);
      return status;
    },
    (status) => status === "ready",
  );
  await host.stop();
  expect(await host.status()).toBe("stopping");
  expect([...seen]).toEqual(["starting", "ready"]);
  expect(await becomes(host, "stopped")).toBe("stopped");
});

test("started while it stops, it says that it stops, and is started when asked again", async () => {
  const host = ec2Host({ instanceId: await testInstance() });
  await host.start();
  await becomes(host, "ready");
  await host.stop();
  await host.start();
  expect(await host.status()).toBe("stopping");
  await becomes(host, "stopped");
  await host.start();
  expect(await becomes(host, "ready")).toBe("ready");
});

test("stopped while it only starts, it is stopped as soon as that can be", async () => {
  const host = ec2Host({ instanceId: await testInstance(), pauseMs: 100 });
  await host.start();
  expect(await host.status()).toBe("starting");
  await host.stop();
  expect(await becomes(host, "stopped")).toBe("stopped");
});

test("a stop that waits in vain says so, as an error that is tried again", async () => {
  const instanceId = await testInstance();
  const host = ec2Host({ instanceId, pauseMs: 50, stopLimitMs: 100 });
  await inject({
    service: "ec2",
    action: "StopInstances",
    resource: instanceId,
    code: "IncorrectInstanceState",
    count: 9,
  });
  await expect(host.stop()).rejects.toMatchObject({ code: "world.conflict" });
});

test.each([
  ["InsufficientInstanceCapacity", /no machine free/, /SLUICE_INSTANCE_TYPE/],
  ["VcpuLimitExceeded", /may run no more/, /Service Quotas/],
])("%s is told with its remedy", async (code, message, hint) => {
  const instanceId = await testInstance();
  await inject({ service: "ec2", action: "StartInstances", resource: instanceId, code, count: 9 });
  const start = ec2Host({ instanceId }).start();
  await expect(start).rejects.toMatchObject({
    code: "host.no_capacity",
    message: expect.stringMatching(message),
    hint: expect.stringMatching(hint),
  });
});

test("throttled calls are tried again, and what is lost of their answers does no harm", async () => {
  const instanceId = await testInstance();
  const host = ec2Host({ instanceId });
  for (const action of ["StartInstances", "DescribeInstances", "StopInstances"]) {
    await inject({
      service: "ec2",
      action,
      resource: instanceId,
      code: "RequestLimitExceeded",
      status: 503,
      count: 2,
    });
    await inject({
      service: "ec2",
      action,
      resource: instanceId,
      code: "InternalError",
      status: 500,
      after: true,
    });
  }
  await host.start();
  expect(await becomes(host, "ready")).toBe("ready");
  await host.stop();
  expect(await becomes(host, "stopped")).toBe("stopped");
  const faulty = (await requests()).filter(({ resource, fault }) => resource === instanceId && fault);
  expect(faulty).toHaveLength(9);
});

test("a terminated or unknown host is named, with what to do", async () => {
  const instanceId = await testInstance();
  await new EC2Client().send(new TerminateInstancesCommand({ InstanceIds: [instanceId] }));
  const wrong = { code: "world.misconfigured", message: expect.stringContaining(instanceId) };
  const host = ec2Host({ instanceId });
  await expect(host.status()).rejects.toMatchObject(wrong);
  await expect(host.start()).rejects.toMatchObject(wrong);
  await host.stop();

  const unknown = ec2Host({ instanceId: "i-0123456789abcdef0" });
  for (const call of [unknown.status, unknown.start, unknown.stop])
    await expect(call()).rejects.toMatchObject({ code: "world.misconfigured" });
});
