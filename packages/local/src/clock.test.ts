import { clockContract } from "@sluice/core/testing/contracts";
import { systemClock } from "./clock";

clockContract("the system's clock", () => systemClock);
