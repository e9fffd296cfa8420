import { run, unable } from "./run.mjs";

const MINUTE_MS = 60_000;
const PIPS = [["python3", "-m", "pip"], ["pip3"], ["pip"]];

const answers = (command, args = []) => run(command, [...args, "--version"], { timeout: MINUTE_MS }).ok;

/**
 * The tools of a build from the wheel, all looked for before anything is downloaded.
 * @returns {{ pip: string[], compiler: string }} commands
 * @throws naming every tool that is missing at once
 */
export function findTools(env = process.env, works = answers) {
  const python = works("python3");
  const pip = python && PIPS.find(([command, ...rest]) => works(command, rest));
  const compiler = [env.CXX, "g++", "c++", "clang++"].find((one) => one && works(one));
  if (pip && compiler) return { pip, compiler };

  const missing = [!python && "python3", !pip && "pip", !compiler && "C++ compiler"].filter(Boolean);
  const packages = [!pip && "python3-pip", !compiler && "g++"].filter(Boolean);
  throw unable(`no ${missing.join(", no ")}`, `Install them (Debian: apt-get install ${packages.join(" ")})`);
}
