/** Names CloudFormation makes: ids of stacks and change sets, and physical names of what has none of its own. */
import { formatArn } from "../../kernel/arn.ts";
import type { Call } from "../../host/call.ts";

export const stackArn = (call: Call, name: string): string =>
  formatArn({
    partition: call.partition,
    service: "cloudformation",
    region: call.region,
    accountId: call.accountId,
    resource: `stack/${name}/${call.random.uuid()}`,
  });

export const changeSetArn = (call: Call, name: string): string =>
  formatArn({
    partition: call.partition,
    service: "cloudformation",
    region: call.region,
    accountId: call.accountId,
    resource: `changeSet/${name}/${call.random.uuid()}`,
  });

const randomLength = 12;

/** `stack-logicalId-RANDOM`, its two readable parts cut evenly until it fits. */
export function generateName(
  call: Call,
  stackName: string,
  logicalId: string,
  options: { readonly lengthMax: number; readonly lowerCase?: boolean; readonly suffix?: string },
): string {
  const suffix = options.suffix ?? "";
  const random = call.random.text(randomLength);
  const room = options.lengthMax - randomLength - suffix.length - 2;
  let [stack, resource] = [stackName, logicalId];
  if (stack.length + resource.length > room) {
    const half = Math.floor(room / 2);
    if (resource.length <= half) stack = stack.slice(0, room - resource.length);
    else if (stack.length <= half) resource = resource.slice(0, room - stack.length);
    else [stack, resource] = [stack.slice(0, half), resource.slice(0, room - half)];
  }
  const name = [stack, resource, random].filter((part) => part !== "").join("-") + suffix;
  return options.lowerCase === true ? name.toLowerCase() : name;
}
