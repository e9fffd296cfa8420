export { Bundle, MODEL_JSON, modelPrefix } from "./schema";
export { verify } from "./verify";
