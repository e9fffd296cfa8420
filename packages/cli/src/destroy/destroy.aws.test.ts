import { randomBytes } from "node:crypto";
import { CloudFormationClient, CreateStackCommand } from "@aws-sdk/client-cloudformation";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { sdk } from "@sluice/aws/clients";
import { deployed } from "@sluice/aws/teardown/index";
import { expect, test } from "vitest";
import { run } from "../cli";
import { recordingIo } from "../testing";

async function sluice(...words: string[]) {
  const kept = recordingIo();
  const code = await run(words, (asked) => Object.assign(kept.io, asked));
  return { code, said: kept.said.join("\n"), out: kept.answered.join("\n"), err: kept.complained.join("\n") };
}

test("sluice destroy says what goes, wants the stage's name, and removes it", async () => {
  const stage = `test-${randomBytes(5).toString("hex")}`;
  const bucket = `${stage}-data`;
  const Data = {
    Type: "AWS::S3::Bucket",
    Properties: { BucketName: bucket, VersioningConfiguration: { Status: "Enabled" } },
  };
  await sdk(CloudFormationClient).send(
    new CreateStackCommand({
      StackName: `${stage}-sluice-Storage`,
      TemplateBody: JSON.stringify({ Resources: { Data } }),
    }),
  );
  await expect.poll(async () => (await deployed({ stage }))[0]?.resources.length).toBe(1);
  for (const Body of ["one", "two"])
    await sdk(S3Client).send(new PutObjectCommand({ Bucket: bucket, Key: "a", Body }));

  const refused = await sluice("destroy", "--stage", stage, "--confirm", "dev");
  expect(refused).toMatchObject({ code: 2, err: expect.stringContaining("nothing was removed") });
  expect(refused.said).toContain(`bucket ${bucket}, with everything in it`);
  expect(await deployed({ stage })).toHaveLength(1);

  const done = await sluice("destroy", "--stage", stage, "--confirm", stage);
  expect(done).toMatchObject({ code: 0, out: `Stage ${stage} is removed: 1 stacks, 2 objects` });
  const again = await sluice("destroy", "--stage", stage, "--confirm", stage);
  expect(again).toMatchObject({ code: 0, out: `Nothing of stage ${stage} is deployed here` });
});
