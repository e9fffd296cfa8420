// Hooks that read TypeScript are registered for one thread only.
import { register } from "tsx/esm/api";

register();
await import("./thread.ts");
