export { Bundle, type Locator, MODEL_JSON, modelPrefix, type Refiner } from "./schema";
export { verify } from "./verify";
