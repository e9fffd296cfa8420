import { SluiceError } from "@sluice/core/errors";
import { defineCommand } from "citty";
import { command } from "../command";
import { asked, gitIn } from "../hooks/git";
import { install, uninstall } from "../hooks/install";
import { type Outcome, prePush, refsOf } from "../hooks/pre-push";
import type { Io } from "../io";
import { Interrupted } from "../session/interrupt";

const data = {
  type: "string",
  default: "data",
  description: "The folder of photos and masks, from the repository's root",
  valueHint: "DIR",
} as const;
const here = () => gitIn(process.cwd());

/** `./data/` → `data`. Throws `usage.invalid` for a folder outside of the repository. */
function folderOf(text: string): string {
  const folder = text.replace(/^(\.\/)+|\/+$/g, "");
  if (
    /^[^/\0]/.test(folder) &&
    !folder.split("/").some((part) => part === ".." || part === "." || part === "")
  ) {
    return folder;
  }
  throw new SluiceError("usage.invalid", `--data ${text} is no folder of the repository`, "As in: data.");
}

const installHook = command(
  { name: "install", description: "Before a push to main, new pairs move to a branch data/<time>" },
  { data },
  async (args) => {
    const file = await install(here(), folderOf(args.data));
    return { json: { file }, text: `Installed ${file}. Go past it: git push --no-verify` };
  },
);

const uninstallHook = command(
  { name: "uninstall", description: "Takes the hook out again" },
  {},
  async () => {
    const file = await uninstall(here());
    return { json: { file: file ?? null }, text: file ? `Removed ${file}` : "There is no hook." };
  },
);

const run = command(
  { name: "pre-push", description: "What the hook calls; git tells it what is pushed" },
  {
    remote: { type: "positional", description: "The remote's name", required: true },
    url: { type: "positional", description: "Its address", required: false },
    data,
    main: { type: "string", default: "main", description: "The branch to keep without new pairs" },
  },
  async (args, io) => {
    const refs = refsOf(await inputOf());
    const root = await asked(here(), ["rev-parse", "--show-toplevel"]);
    const git = gitIn(root ?? process.cwd());
    const wanted = { remote: args.remote, refs, data: folderOf(args.data), main: args.main, now: new Date() };
    const outcome = await prePush(git, wanted);
    tell(outcome, io);
    if (outcome.kind === "replaced") throw new Interrupted(); // git is not to push what was asked for as well
    return { json: outcome, text: "" };
  },
);

function tell(outcome: Outcome, io: Io): void {
  for (const path of outcome.alone) io.complain(`sluice: ${path} has no other half; it stays where it is`);
  if (outcome.kind === "goesOn") return;
  const { branch, pairs, files, localIsBehind } = outcome;
  io.complain(`sluice: pushed ${pairs} new pairs (${files} files) to ${branch}, and the rest to main.`);
  io.complain(
    "sluice: the files are still in your folder. What git says next, that the push failed, is about the",
  );
  io.complain("sluice: push that this one replaces: there is nothing more to do.");
  if (localIsBehind) io.complain("sluice: no local branch was pushed; take main from the remote: git fetch.");
}

async function inputOf(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

export const hooks = defineCommand({
  meta: { name: "hooks", description: "Git hooks for a repository with photos and masks" },
  subCommands: { install: installHook, uninstall: uninstallHook, "pre-push": run },
});
