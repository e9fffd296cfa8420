import { DeleteParameterCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { expect, onTestFinished, test } from "vitest";
import { sdk } from "./clients";
import { deployedStages, findStage, type StageWorld, stageParameter } from "./stage";

const client = sdk(SSMClient);
const own = () => `test-${crypto.randomUUID().slice(0, 8)}`;
const worldOf = (stage: string): StageWorld => ({
  stage,
  region: "eu-west-1",
  bucket: "data",
  auditBucket: "audit",
  table: "documents",
  instanceId: "i-1",
  stateMachineArn: "arn:aws:states:eu-west-1:000000000000:stateMachine:pipeline",
  predictFunction: "predict",
  apiUrl: "https://api.example.com",
});

async function deploy(stage: string, world: unknown = worldOf(stage)): Promise<string> {
  const Name = stageParameter(stage);
  await client.send(new PutParameterCommand({ Name, Value: JSON.stringify(world), Type: "String" }));
  onTestFinished(async () => void (await client.send(new DeleteParameterCommand({ Name }))));
  return stage;
}

test("a deployed stage is found", async () => {
  const stage = await deploy(own());
  expect(await findStage(stage)).toEqual(worldOf(stage));
  expect(await findStage(stage, { region: "eu-west-1" })).toEqual(worldOf(stage));
});

test("of one that is not there, those that are are named", async () => {
  const there = [await deploy(own()), await deploy(own())];
  const missing = findStage("prd");
  await expect(missing).rejects.toMatchObject({
    code: "world.misconfigured",
    message: "There is no stage prd in eu-west-1",
  });
  const { hint } = await missing.catch((error) => error);
  for (const stage of there) expect(hint).toContain(stage);
});

test("over ten stages are all listed", async () => {
  const stages = [];
  for (let i = 0; i < 12; i++) stages.push(await deploy(own()));
  const listed = await deployedStages();
  expect(listed).toEqual(expect.arrayContaining(stages));
  expect(listed).toEqual([...listed].sort());
});

test("a parameter that does not fit is named with its field", async () => {
  const stage = await deploy(own(), { ...worldOf("x"), bucket: undefined });
  await expect(findStage(stage)).rejects.toMatchObject({
    code: "world.misconfigured",
    message: expect.stringContaining(`Parameter /sluice/${stage}/world does not fit: bucket`),
  });
});
