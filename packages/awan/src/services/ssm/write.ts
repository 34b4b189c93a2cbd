/** Deleting a parameter with everything under it. */
import type { Call } from "../../host/call.ts";
import type { TuplePart } from "../../store/tuple.ts";
import { labels, labelsByVersion, parameters, versions } from "./keys.ts";

export function removeParameter(call: Call, name: string): void {
  for (const { key } of versions.scan(call.tx, [name])) versions.delete(call.tx, key);
  for (const { key } of labels.scan(call.tx, [name])) labels.delete(call.tx, key);
  for (const { key } of labelsByVersion.scan(call.tx, [name])) labelsByVersion.delete(call.tx, key);
  parameters.delete(call.tx, [name]);
  call.unschedule("ssm.expire", [name]);
}

/** The duty of an expiration policy. */
export function expireParameter(call: Call, [name]: readonly TuplePart[]): void {
  removeParameter(call, name as string);
}
