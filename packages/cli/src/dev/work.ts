import type { Session } from "../session";

/** What the API works with. */
export type Work = Pick<Session, "home" | "world" | "runner">;
