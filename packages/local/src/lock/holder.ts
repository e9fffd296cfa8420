// A program for the tests: takes a home, says whether it got it, and stays until it is killed.
import { isSluiceError } from "@sluice/core/errors";
import { lockHome } from "./index";

try {
  await lockHome(process.argv[2] ?? "");
  console.log(`held by ${process.pid}`);
} catch (error) {
  console.log(isSluiceError(error) ? `${error.code} ${error.message}` : String(error));
}
setInterval(() => undefined, 1_000);
