/** The parameters every template has without declaring them. */
const names = new Set([
  "AWS::AccountId",
  "AWS::NotificationARNs",
  "AWS::NoValue",
  "AWS::Partition",
  "AWS::Region",
  "AWS::StackId",
  "AWS::StackName",
  "AWS::URLSuffix",
]);

export const isPseudoParameter = (name: string): boolean => names.has(name);

export function pseudoParameters(stack: {
  readonly accountId: string;
  readonly region: string;
  readonly partition: string;
  readonly name: string;
  readonly id: string;
  readonly notificationArns: readonly string[];
}): Record<string, unknown> {
  return {
    "AWS::AccountId": stack.accountId,
    "AWS::NotificationARNs": [...stack.notificationArns],
    "AWS::Partition": stack.partition,
    "AWS::Region": stack.region,
    "AWS::StackId": stack.id,
    "AWS::StackName": stack.name,
    "AWS::URLSuffix": stack.partition === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com",
  };
}
