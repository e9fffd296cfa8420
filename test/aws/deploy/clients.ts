import { sdk } from "@sluice/aws/clients";

/** The emulator's account: templates are synthesized for it. */
export const ACCOUNT = "000000000000";
export const REGION = "eu-west-1";

/** Where the emulator is. Throws when nobody has said: tests never talk to an account. */
export function endpoint(): string {
  const url = process.env.AWS_ENDPOINT_URL;
  if (!url) throw new Error("AWS_ENDPOINT_URL is not set: run these tests by npm run test:aws");
  return url;
}

/** For calls that are not to happen twice when their answer is lost or late. */
export const ONCE = { maxAttempts: 1, requestHandler: { connectionTimeout: 3_000, socketTimeout: 180_000 } };

/**
 * A client as the emulator's root user, whom no policy binds. Its calls have the time limits and retries of Sluice's own:
 * an answer that never comes must not keep a test waiting until its end.
 */
export const asRoot = <C>(Client: Parameters<typeof sdk<C>>[0], more?: typeof ONCE): C =>
  sdk(Client, {
    ...more,
    endpoint: endpoint(),
    region: REGION,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
