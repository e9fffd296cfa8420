export * from "@sluice/aws/testing/emulator";
