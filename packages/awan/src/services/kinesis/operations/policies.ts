/** Resource policies of streams and consumers: kept as they are put. */
import type { Call } from "../../../host/call.ts";
import { isConsumerArn, requireConsumerByArn } from "../consumer.ts";
import { invalidArgument, resourceNotFound } from "../errors.ts";
import { policies } from "../keys.ts";
import { policyBytesMax } from "../limits.ts";
import type { In, Out } from "../sdk.ts";
import { requireStream } from "../stream.ts";

/** The call in the account of the stream or consumer, which must exist. */
function ownerOf(call: Call, arn: string): Call {
  return isConsumerArn(arn)
    ? requireConsumerByArn(call, arn).located.call
    : requireStream(call, { StreamARN: arn }).call;
}

export function putResourcePolicy(call: Call, input: In<"PutResourcePolicy">): void {
  const { Policy: policy, ResourceARN: arn } = input;
  const owner = ownerOf(call, arn);
  let document: unknown;
  try {
    document = JSON.parse(policy);
  } catch {
    document = undefined;
  }
  if (document === null || typeof document !== "object" || Array.isArray(document)) {
    throw invalidArgument("Resource policy is not a valid JSON document.");
  }
  if (Buffer.byteLength(policy) > policyBytesMax) {
    throw invalidArgument(`Resource policy is larger than ${policyBytesMax} bytes.`);
  }
  policies.set(owner.tx, [arn], policy);
}

export function getResourcePolicy(call: Call, input: In<"GetResourcePolicy">): Out<"GetResourcePolicy"> {
  const owner = ownerOf(call, input.ResourceARN);
  return { Policy: policies.get(owner.tx, [input.ResourceARN]) ?? "{}" };
}

export function deleteResourcePolicy(call: Call, input: In<"DeleteResourcePolicy">): void {
  const owner = ownerOf(call, input.ResourceARN);
  if (!policies.has(owner.tx, [input.ResourceARN])) {
    throw resourceNotFound(`No resource policy found for resource ARN ${input.ResourceARN}`);
  }
  policies.delete(owner.tx, [input.ResourceARN]);
}
