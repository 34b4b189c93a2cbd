/** One end of a connector: a resource of the template by its id, or one elsewhere by what must be known of it. */
import { deepEqual, type Dict, isDict } from "../../template/value.ts";
import { InvalidResource } from "../errors.ts";
import { logicalIdIn, ref } from "../intrinsics.ts";
import { given } from "../python/text.ts";
import type { Sam } from "../sam.ts";
import { endpointOf, replaceVariables } from "./profiles.ts";

export interface Reference {
  readonly id: string | undefined;
  readonly type: string;
  readonly arn: unknown;
  readonly roleName: unknown;
  readonly queueUrl: unknown;
  readonly resourceId: unknown;
  readonly name: unknown;
  readonly qualifier: unknown;
}

const cloudFormationTypes: Readonly<Record<string, string>> = {
  "AWS::Serverless::Function": "AWS::Lambda::Function",
  "AWS::Serverless::StateMachine": "AWS::StepFunctions::StateMachine",
  "AWS::Serverless::Api": "AWS::ApiGateway::RestApi",
  "AWS::Serverless::HttpApi": "AWS::ApiGatewayV2::Api",
  "AWS::Serverless::SimpleTable": "AWS::DynamoDB::Table",
};

/** @param other the connector's other end. */
export function referenceTo(
  sam: Sam,
  connectorId: string,
  { value, other }: { value: Dict; other: Dict },
): Reference {
  const refuse = (message: string): never => {
    throw new InvalidResource(connectorId, message);
  };
  const hasOthers = Object.keys(value).some((key) => key !== "Id" && key !== "Qualifier");
  if ("Id" in value === hasOthers) {
    refuse("Must provide 'Id' (with optional 'Qualifier') or a supported combination of other properties.");
  }
  const id = value["Id"];
  if (!given(id)) {
    const type = value["Type"];
    if (typeof type !== "string" || type === "") return refuse("'Type' is missing or not a string.");
    return {
      id: undefined,
      type: cloudFormationTypes[type] ?? type,
      arn: value["Arn"],
      roleName: value["RoleName"],
      queueUrl: value["QueueUrl"],
      resourceId: value["ResourceId"],
      name: value["Name"],
      qualifier: value["Qualifier"],
    };
  }
  if (typeof id !== "string") return refuse("'Id' is missing or not a string.");
  const resource = Object.hasOwn(sam.made, id) ? sam.made[id] : undefined;
  if (resource === undefined || !given(resource)) {
    return refuse(`Unable to find resource with logical ID '${id}'.`);
  }
  const type = resource["Type"];
  if (typeof type !== "string" || type === "") return refuse("'Type' is missing or not a string.");
  const properties = isDict(resource["Properties"]) ? resource["Properties"] : {};
  const endpoint = endpointOf(type);
  const outputs = replaceVariables(connectorId, endpoint?.outputs ?? {}, { logicalId: id }) as Dict;
  const role = roleIn(properties, endpoint?.role, other);
  const roleId = given(role) ? logicalIdIn(role) : undefined;
  return {
    id,
    type,
    arn: outputs["Arn"],
    roleName: roleId === undefined ? undefined : ref(roleId),
    queueUrl: outputs["Url"],
    resourceId: outputs["Id"],
    name: outputs["Name"],
    qualifier: "Qualifier" in value ? value["Qualifier"] : outputs["Qualifier"],
  };
}

/** The role a resource takes on; a rule has one per target. */
function roleIn(properties: Dict, role: string | undefined, other: Dict): unknown {
  if (role !== "Targets.RoleArn") return role === undefined ? undefined : properties[role];
  const targets = properties["Targets"];
  for (const target of Array.isArray(targets) ? (targets as unknown[]) : []) {
    if (!isDict(target)) continue;
    const id = logicalIdIn(target["Arn"]);
    const isById = id !== undefined && id === other["Id"];
    if (isById || (given(other["Arn"]) && deepEqual(target["Arn"], other["Arn"]))) return target["RoleArn"];
  }
  return undefined;
}
