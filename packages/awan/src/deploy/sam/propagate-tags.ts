/** PropagateTags: what is made for a resource is tagged as it is. */
import { type Dict, isDict } from "../template/value.ts";
import { type Made, tagList } from "./sam.ts";

/** With PropagateTags, everything made for the function that can be tagged gets its tags. */
export function propagateTags(made: readonly Made[], properties: Dict): void {
  const tags = properties["Tags"];
  if (properties["PropagateTags"] !== true || !isDict(tags)) return;
  for (const { resource } of made) {
    const type = String(resource["Type"]);
    const body = (resource["Properties"] ??= {}) as Dict;
    if (mapTagged.has(type)) body["Tags"] = { ...(body["Tags"] as Dict | undefined), ...tags };
    else if (listTagged.has(type)) {
      const before = Array.isArray(body["Tags"]) ? (body["Tags"] as Dict[]) : [];
      const names = new Set(Object.keys(tags));
      body["Tags"] = [...before.filter((tag) => !names.has(String(tag["Key"]))), ...tagList(tags)];
    }
  }
}

const mapTagged = new Set([
  "AWS::ApiGatewayV2::Api",
  "AWS::ApiGatewayV2::Stage",
  "AWS::ApiGatewayV2::DomainName",
]);
const listTagged = new Set([
  "AWS::ApiGateway::DomainName",
  "AWS::ApiGateway::RestApi",
  "AWS::ApiGateway::Stage",
  "AWS::ApiGateway::UsagePlan",
  "AWS::ApiGateway::ApiKey",
  "AWS::CodeDeploy::Application",
  "AWS::CodeDeploy::DeploymentGroup",
  "AWS::Events::Rule",
  "AWS::IAM::Role",
  "AWS::Lambda::EventSourceMapping",
  "AWS::S3::Bucket",
  "AWS::SNS::Topic",
  "AWS::SQS::Queue",
  "AWS::Scheduler::ScheduleGroup",
]);
