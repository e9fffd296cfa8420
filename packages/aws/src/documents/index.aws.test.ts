import { documentsContract } from "@sluice/core/testing/contracts";
import { testTable } from "../testing";
import { dynamoDocuments } from "./index";

documentsContract("a table", async () => dynamoDocuments({ table: await testTable() }));
