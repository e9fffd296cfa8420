import type { ITable } from "aws-cdk-lib/aws-dynamodb";
import type { IBucket } from "aws-cdk-lib/aws-s3";
import type { Stage } from "./stage";

/** What a Lambda may do, in the words of the ports. From it follow its policy and its environment. */
export interface Access {
  /** Collections of the documents table. Writing includes reading. */
  documents?: {
    read?: string[];
    write?: string[];
    list?: string[];
    /** Holds the claims by which Powertools does an event once. */
    claim?: string[];
  };
  /** Prefixes of the data bucket. Reading includes listing: S3 says 403 instead of 404 without. */
  blobs?: { read?: string[]; write?: string[]; remove?: string[] };
  host?: ("look" | "start" | "stop")[];
  commands?: ("send" | "look" | "cancel")[];
  /** To GitHub with the app's key; without GitHub, to `forge/` in the bucket. */
  forge?: boolean;
  /** Asks the predict Lambda. */
  serving?: boolean;
  /** Asks the pods on the host, too, in a stage that serves there. */
  pods?: boolean;
  runs?: ("start" | "look" | "stop")[];
}

/** The resources that access is given to; those of later stacks are known by their names. */
export interface Resources {
  stage: Stage;
  data: IBucket;
  documents: ITable;
  /** Known to the stack that has the machine, and to no other. */
  instanceId?: string;
}
