import { describeGradients } from "../testing/describe-gradients";

describeGradients("wasm");
