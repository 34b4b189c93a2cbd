/** AWS::Serverless::SimpleTable: a DynamoDB table with one key. */
import { isDict } from "../template/value.ts";
import { InvalidResource } from "./errors.ts";
import { make, type Made, ownAttributes, type Sam, type SamResource, tagList } from "./sam.ts";

const attributeTypes: Readonly<Record<string, string>> = { String: "S", Number: "N", Binary: "B" };

export function transformSimpleTable(_sam: Sam, { id, raw, properties }: SamResource): Made[] {
  const key = isDict(properties["PrimaryKey"]) ? properties["PrimaryKey"] : { Name: "id", Type: "String" };
  const type = key["Type"];
  if (typeof type !== "string" || !Object.hasOwn(attributeTypes, type)) {
    throw new InvalidResource(id, `Invalid 'Type' "${String(type)}".`);
  }
  const throughput = properties["ProvisionedThroughput"];
  const tags = properties["Tags"];
  return [
    make(
      id,
      "AWS::DynamoDB::Table",
      {
        AttributeDefinitions: [{ AttributeName: key["Name"], AttributeType: attributeTypes[type] }],
        KeySchema: [{ AttributeName: key["Name"], KeyType: "HASH" }],
        ...(throughput === undefined
          ? { BillingMode: "PAY_PER_REQUEST" }
          : { ProvisionedThroughput: throughput }),
        PointInTimeRecoverySpecification: properties["PointInTimeRecoverySpecification"],
        SSESpecification: properties["SSESpecification"],
        TableName: properties["TableName"],
        Tags: isDict(tags) ? tagList(tags) : undefined,
      },
      ownAttributes(raw),
    ),
  ];
}
