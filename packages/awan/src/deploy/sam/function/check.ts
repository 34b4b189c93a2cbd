/** Properties of a function that exclude or need each other. */
import { type Dict } from "../../template/value.ts";
import { InvalidResource } from "../errors.ts";
import { expectString } from "../expect.ts";
import { entriesOf } from "../python/dictionary.ts";
import { given, shown } from "../python/text.ts";
import type { SamResource } from "../sam.ts";

export const deadLetterActions: Readonly<Record<string, string>> = {
  SQS: "sqs:SendMessage",
  SNS: "sns:Publish",
};

const exclusive = [
  ["CapacityProviderConfig", "ProvisionedConcurrencyConfig"],
  ["CapacityProviderConfig", "VpcConfig"],
] as const;
const needs = [
  ["FunctionScalingConfig", "CapacityProviderConfig"],
  ["VersionDeletionPolicy", "AutoPublishAlias"],
] as const;

export function checkFunction({ id, properties }: SamResource): void {
  const has = (name: string): boolean => (properties[name] ?? undefined) !== undefined;
  const problems = [
    ...exclusive
      .filter(([a, b]) => has(a) && has(b))
      .map(([a, b]) => `Cannot specify '${a}' and '${b}' together.`),
    ...needs.filter(([a, b]) => has(a) && !has(b)).map(([a, b]) => `'${a}' requires '${b}'.`),
  ];
  if (problems.length > 0) throw new InvalidResource(id, problems.join("\n"));
  if (given(properties["DeadLetterQueue"])) checkDeadLetterQueue(id, properties["DeadLetterQueue"] as Dict);
  if (given(properties["TenancyConfig"])) checkTenancy(id, properties);
}

function checkDeadLetterQueue(id: string, queue: Dict): void {
  const type = queue["Type"];
  if (!given(type) || !given(queue["TargetArn"])) {
    throw new InvalidResource(
      id,
      "'DeadLetterQueue' requires Type and TargetArn properties to be specified.",
    );
  }
  expectString(type, { id, path: "DeadLetterQueue.Type" });
  if (!Object.hasOwn(deadLetterActions, type)) {
    throw new InvalidResource(id, "'DeadLetterQueue' requires Type of ['SQS', 'SNS']");
  }
}

const withoutTenants = [
  ["ProvisionedConcurrencyConfig", "Provisioned concurrency"],
  ["FunctionUrlConfig", "Function URL"],
  ["SnapStart", "SnapStart"],
] as const;

function checkTenancy(id: string, properties: Dict): void {
  for (const [name, called] of withoutTenants) {
    if (given(properties[name])) {
      throw new InvalidResource(
        id,
        `${called} is not supported for functions enabled with tenancy configuration.`,
      );
    }
  }
  if (!given(properties["Events"])) return;
  for (const [, event] of entriesOf(properties["Events"] as Dict)) {
    const type = (event as Dict)["Type"];
    if (type !== "Api" && type !== "HttpApi") {
      throw new InvalidResource(
        id,
        `Event source '${shown(type)}' is not supported for functions enabled with tenancy configuration. Only Api and HttpApi event sources are supported.`,
      );
    }
  }
}
