// What EC2 makes of `systemctl poweroff` on an instance whose shutdown behaviour is "stop". Not with the host's role:
// a machine needs no right to switch itself off.
import { EC2Client, StopInstancesCommand } from "@aws-sdk/client-ec2";

const credentials = { accessKeyId: "test", secretAccessKey: "test" };
const client = new EC2Client({ credentials });
await client.send(new StopInstancesCommand({ InstanceIds: [process.env.EC2_INSTANCE_ID ?? ""] }));
