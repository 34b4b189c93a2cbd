/** AWS::Serverless::SimpleTable and AWS::Serverless::Application. */
import { type Dict, isDict } from "../template/value.ts";
import { InvalidResource } from "./errors.ts";
import { expectValue } from "./expect.ts";
import { given, shown } from "./python/text.ts";
import { Resource, tagList } from "./resource.ts";
import type { Sam, SamResource } from "./sam.ts";
import { samTags } from "./tags.ts";

const keyTypes: Readonly<Record<string, string>> = { String: "S", Number: "N", Binary: "B" };

export function transformSimpleTable(
  _sam: Sam,
  { id, properties, attributes, dependsOn }: SamResource,
): Resource[] {
  const key = primaryKey(id, properties["PrimaryKey"]);
  const made: Dict = {
    AttributeDefinitions: [key],
    KeySchema: [{ AttributeName: key["AttributeName"], KeyType: "HASH" }],
  };
  for (const name of [
    "PointInTimeRecoverySpecification",
    "ProvisionedThroughput",
    "SSESpecification",
    "TableName",
  ]) {
    if (given(properties[name])) made[name] = properties[name];
  }
  if (!given(properties["ProvisionedThroughput"])) made["BillingMode"] = "PAY_PER_REQUEST";
  if (given(properties["Tags"])) made["Tags"] = tagList(properties["Tags"]);
  return [new Resource(id, "AWS::DynamoDB::Table", { dependsOn, attributes, properties: made })];
}

function primaryKey(id: string, key: unknown): Dict {
  if (!given(key) || !isDict(key)) return { AttributeName: "id", AttributeType: "S" };
  expectValue(key["Name"], { id, path: "PrimaryKey.Name" });
  expectValue(key["Type"], { id, path: "PrimaryKey.Type" });
  const type = typeof key["Type"] === "string" ? keyTypes[key["Type"]] : undefined;
  if (type === undefined) throw new InvalidResource(id, `Invalid 'Type' "${shown(key["Type"])}".`);
  return { AttributeName: key["Name"], AttributeType: type };
}

/** A nested stack, from a template's address or the repository's. */
export function transformApplication(
  _sam: Sam,
  { id, properties, shared, dependsOn }: SamResource,
): Resource[] {
  const location = properties["Location"];
  const application = isDict(location) ? location : {};
  const tags: Dict = {};
  for (const [member, tag] of [
    ["ApplicationId", "serverlessrepo:applicationId"],
    ["SemanticVersion", "serverlessrepo:semanticVersion"],
  ] as const) {
    if ((application[member] ?? undefined) !== undefined) tags[tag] = application[member];
  }
  return [
    new Resource(id, "AWS::CloudFormation::Stack", {
      dependsOn,
      attributes: shared,
      properties: {
        Parameters: properties["Parameters"],
        NotificationARNs: properties["NotificationARNs"],
        Tags: samTags(id, properties["Tags"], tags),
        TimeoutInMinutes: properties["TimeoutInMinutes"],
        TemplateURL: given(properties["TemplateUrl"]) ? properties["TemplateUrl"] : "",
      },
    }),
  ];
}
