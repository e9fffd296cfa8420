import { resolve } from "node:path";
import { homeDir } from "@sluice/local/home";
import { openHostWorld } from "@sluice/local/host-world";

/** The home that a command works in: --home, SLUICE_HOME, or `.sluice` here. Absolute. */
export const homeOf = ({ home }: { home?: string | undefined }): string => (home ? resolve(home) : homeDir());

/** What is stored in a home, to be read; needs no lock. */
export const stored = (home: string) => openHostWorld({ SLUICE_HOME: home });
