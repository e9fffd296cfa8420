import { blobsContract } from "@sluice/core/testing/contracts";
import { testBucket } from "../testing";
import { s3Blobs } from "./index";

blobsContract("a bucket", async () => s3Blobs({ bucket: await testBucket() }));
