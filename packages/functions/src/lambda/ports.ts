import { s3Blobs } from "@sluice/aws/blobs/index";
import { systemClock } from "@sluice/aws/clock";
import { dynamoDocuments } from "@sluice/aws/documents/index";
import { readEnv, readSettings } from "@sluice/aws/env";

/** The light ports of the AWS world, made when a step first uses them. A bundle holds only those it names. */
export const blobs = () => s3Blobs({ bucket: readEnv(["bucket"]).bucket });
export const documents = () => dynamoDocuments({ table: readEnv(["table"]).table });
export const clock = () => systemClock;
export const settings = () => readSettings();
export const codeCommit = () => readEnv(["codeCommit"]).codeCommit;
