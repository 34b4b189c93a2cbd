/** What S3 does when time comes. */
import type { Duty } from "../../host/service.ts";
import { finishedUploads } from "./keys.ts";

/** A completed upload's id is remembered for a day. */
export const forgetFinished: Duty = (call, key) => {
  finishedUploads.delete(call.tx, [key[0] as string, key[1] as string]);
};
