/** The resources the transform makes: a type, properties and the attributes taken over from what they are made for. */
import { type Dict } from "../template/value.ts";
import { InvalidResource } from "./errors.ts";
import { getAtt, ref } from "./intrinsics.ts";
import { entriesOf } from "./python/dictionary.ts";
import { given, shown } from "./python/text.ts";

/** Attributes of a SAM resource that stay on what stands in for it. */
export const ownAttributeNames = [
  "DeletionPolicy",
  "UpdatePolicy",
  "Condition",
  "UpdateReplacePolicy",
  "Metadata",
] as const;
/** Attributes that everything made for it shares. */
const sharedAttributeNames = ["Condition", "DeletionPolicy", "UpdateReplacePolicy"] as const;

export class Resource {
  id: string;
  readonly type: string;
  readonly properties: Dict;
  readonly attributes: Dict;
  dependsOn: unknown;

  constructor(id: unknown, type: string, { properties = {}, attributes = {}, dependsOn }: Parts = {}) {
    this.id = checkLogicalId(id);
    this.type = type;
    this.properties = properties;
    this.attributes = { ...attributes };
    this.dependsOn = dependsOn;
  }

  get shared(): Dict {
    return sharedAttributes(this.attributes);
  }

  toDict(): Dict {
    const properties = Object.fromEntries(
      Object.entries(this.properties).filter(([, value]) => value !== undefined && value !== null),
    );
    const dependsOn = given(this.dependsOn) ? { DependsOn: this.dependsOn } : {};
    return { Type: this.type, ...dependsOn, ...this.attributes, Properties: properties };
  }
}

interface Parts {
  readonly properties?: Dict;
  readonly attributes?: Dict;
  readonly dependsOn?: unknown;
}

export function checkLogicalId(id: unknown): string {
  if (typeof id === "string" && /^[A-Za-z0-9]+$/.test(id)) return id;
  throw new InvalidResource(shown(id), "Logical ids must be alphanumeric.");
}

export const sharedAttributes = (attributes: Dict): Dict =>
  Object.fromEntries(
    sharedAttributeNames.flatMap((name) => (name in attributes ? [[name, attributes[name]]] : [])),
  );

const arnIsRef = new Set([
  "AWS::Lambda::Alias",
  "AWS::Lambda::Version",
  "AWS::SNS::Topic",
  "AWS::StepFunctions::StateMachine",
  "AWS::StepFunctions::StateMachineAlias",
  "AWS::StepFunctions::StateMachineVersion",
]);

export const arnOf = ({ id, type }: Resource): Dict => (arnIsRef.has(type) ? ref(id) : getAtt(id, "Arn"));

/** Tags as CloudFormation's list has them. */
export const tagList = (tags: unknown): Dict[] =>
  tags === undefined || tags === null
    ? []
    : entriesOf(tags as Dict).map(([Key, value]) => ({ Key, Value: value ?? "" }));

const keyValueTagged = new Set(["AWS::ApiGatewayV2::Stage", "AWS::ApiGatewayV2::DomainName"]);

const tagged = new Set([
  "AWS::Lambda::Function",
  "AWS::IAM::Role",
  "AWS::ApiGateway::RestApi",
  "AWS::ApiGateway::Stage",
  "AWS::ApiGateway::DomainName",
  "AWS::ApiGateway::DomainNameV2",
  "AWS::ApiGateway::DomainNameAccessAssociation",
  "AWS::ApiGateway::UsagePlan",
  "AWS::ApiGateway::ApiKey",
  "AWS::SQS::Queue",
  "AWS::SNS::Topic",
  "AWS::S3::Bucket",
  "AWS::IoT::TopicRule",
  "AWS::DynamoDB::Table",
  "AWS::StepFunctions::StateMachine",
  "AWS::CloudFormation::Stack",
  "AWS::CodeDeploy::Application",
  "AWS::CodeDeploy::DeploymentGroup",
  "AWS::Lambda::CapacityProvider",
  "AWS::AppSync::GraphQLApi",
]);

/** Gives every resource that can have them these tags, in the form of its type. */
export function propagateTags(resources: readonly Resource[], tags: unknown, wanted: unknown): void {
  if (!given(wanted) || !given(tags)) return;
  for (const { type, properties } of resources) {
    if (tagged.has(type)) properties["Tags"] = tagList(tags);
    else if (keyValueTagged.has(type)) properties["Tags"] = tags;
    else if (type === "AWS::ApiGatewayV2::Api" && properties["ProtocolType"] === "WEBSOCKET") {
      properties["Tags"] = tags;
    }
  }
}
