import { defineCommand } from "citty";

/** Every command, loaded when it is asked for. */
export const tree = defineCommand({
  meta: {
    name: "sluice",
    description: "Trains, gates and ships a segmentation model every time labelled photos land",
  },
  subCommands: {
    demo: () => import("./demo").then((m) => m.demo),
    dev: () => import("./dev").then((m) => m.dev),
    push: () => import("./push").then((m) => m.push),
    runs: () => import("./runs").then((m) => m.runs),
    dataset: () => import("./dataset").then((m) => m.dataset),
    models: () => import("./models").then((m) => m.models),
    predict: () => import("./predict").then((m) => m.predict),
    sync: () => import("./sync").then((m) => m.sync),
    serve: () => import("./serve").then((m) => m.serve),
    cost: () => import("./cost").then((m) => m.cost),
    destroy: () => import("./destroy").then((m) => m.destroy),
    hooks: () => import("./hooks").then((m) => m.hooks),
    doctor: () => import("./doctor").then((m) => m.doctor),
  },
});
