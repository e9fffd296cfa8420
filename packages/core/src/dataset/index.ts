export { Pair, Split, Stored } from "./pair";
