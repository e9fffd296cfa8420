import { SluiceError } from "@sluice/core/errors";
import type { ControlClient } from "../dev/client";

interface Asked {
  api?: string | undefined;
  token?: string | undefined;
  stage?: string | undefined;
  home?: string | undefined;
}

/** The control API that a command is for, if it is. Throws `usage.invalid`. */
export async function apiOf(args: Asked, env = process.env): Promise<ControlClient | undefined> {
  const { api, stage, home } = args;
  const token = args.token ?? env.SLUICE_TOKEN;
  if (api === undefined) {
    if (args.token === undefined) return undefined;
    throw new SluiceError("usage.invalid", "--token has no --api", "Give both.");
  }
  if (stage !== undefined || home !== undefined) {
    const other = stage === undefined ? "--home" : "--stage";
    throw new SluiceError("usage.invalid", `--api and ${other} do not go together`, "Give one of them.");
  }
  if (!/^https?:\/\//.test(api) || !URL.canParse(api))
    throw new SluiceError("usage.invalid", `--api ${api} is no address`, "As in https://….");
  const { controlClient } = await import("../dev/client");
  return controlClient(api.replace(/\/+$/, ""), token === undefined ? {} : { token });
}
