/** AWS::Serverless::Function: the function with its role, versions, URL, destinations, gradual deployment and events. */
import { type Dict } from "../../template/value.ts";
import { eventsOf, type LinkedEvent } from "../events/function-events.ts";
import { InvalidResource } from "../errors.ts";
import { conditional, isIf, isFunction, isNoValue, not, partsOfIf } from "../intrinsics.ts";
import { managedPolicyArn, xrayPolicyName } from "../partition.ts";
import { assumeRolePolicy, deadLetterPolicy } from "../policies.ts";
import { given } from "../python/text.ts";
import { arnOf, propagateTags, Resource } from "../resource.ts";
import { executionRole } from "../role.ts";
import { conditionsOf, resolved, resolvedInMappings, type Sam, type SamResource } from "../sam.ts";
import { samTags } from "../tags.ts";
import { capacityProviderConfig } from "./capacity-provider-config.ts";
import { checkFunction, deadLetterActions } from "./check.ts";
import { checkPackage, codeOf } from "./code.ts";
import { destinationsOf } from "./destinations.ts";
import { urlOf } from "./url.ts";
import { aliasNameOf, aliasOf, codeHashOf, versionOf } from "./version.ts";

export function transformFunction(sam: Sam, owner: SamResource, events: readonly LinkedEvent[]): Resource[] {
  const { id, properties } = owner;
  checkFunction(owner);
  const made = functionOf(sam, owner);
  const resources = [made];
  if (given(properties["ProvisionedConcurrencyConfig"]) && !given(properties["AutoPublishAlias"])) {
    throw new InvalidResource(
      id,
      "To set ProvisionedConcurrencyConfig AutoPublishALias must be defined on the function",
    );
  }
  let alias: Resource | undefined;
  let aliasName = "";
  if (given(properties["AutoPublishAlias"])) {
    aliasName = aliasNameOf(sam, owner);
    const hash = codeHashOf(sam, owner, made.properties);
    const version = versionOf(sam, owner, { made, hash });
    alias = aliasOf(owner, aliasName, version);
    resources.push(version, alias);
  }
  if (given(properties["FunctionUrlConfig"])) resources.push(...urlOf(owner, alias));
  if (given(properties["DeploymentPreference"])) addDeployment(sam, owner, alias);
  const destinations = given(properties["EventInvokeConfig"])
    ? destinationsOf(sam, owner, { name: aliasName, alias })
    : undefined;
  resources.push(...(destinations?.resources ?? []));
  const role = roleOf(sam, owner, destinations?.policies ?? []);
  if (assignRole(sam, owner, made, role)) resources.push(role);
  resources.push(...eventsOf(sam, owner, { events, target: alias ?? made, role }));
  propagateTags(resources, properties["Tags"], properties["PropagateTags"]);
  return resources;
}

const passedOn = [
  "Handler",
  "Runtime",
  "Description",
  "MemorySize",
  "Timeout",
  "VpcConfig",
  "Role",
  "Environment",
  "KmsKeyArn",
  "ReservedConcurrentExecutions",
  "Layers",
  "FileSystemConfigs",
  "ImageConfig",
  "PackageType",
  "Architectures",
  "SnapStart",
  "EphemeralStorage",
  "CodeSigningConfigArn",
  "RuntimeManagementConfig",
  "LoggingConfig",
  "TenancyConfig",
  "RecursiveLoop",
  "DurableConfig",
  "PublishToLatestPublished",
];

function functionOf(sam: Sam, { id, properties, attributes, dependsOn }: SamResource): Resource {
  const made: Dict = {
    ...(given(properties["FunctionName"]) ? { FunctionName: properties["FunctionName"] } : {}),
    ...Object.fromEntries(passedOn.map((name) => [name, properties[name]])),
    Code: codeOf(id, properties),
    Tags: samTags(id, properties["Tags"]),
  };
  if (isTraced(sam, properties)) made["TracingConfig"] = { Mode: properties["Tracing"] };
  const queue = properties["DeadLetterQueue"];
  if (given(queue)) made["DeadLetterConfig"] = { TargetArn: (queue as Dict)["TargetArn"] };
  if (given(properties["CapacityProviderConfig"])) {
    made["CapacityProviderConfig"] = capacityProviderConfig(id, properties["CapacityProviderConfig"]);
  }
  if (given(properties["FunctionScalingConfig"]))
    made["FunctionScalingConfig"] = properties["FunctionScalingConfig"];
  checkPackage(id, made);
  return new Resource(id, "AWS::Lambda::Function", { dependsOn, attributes, properties: made });
}

const isTraced = (sam: Sam, properties: Dict): boolean =>
  given(properties["Tracing"]) && resolved(sam, properties["Tracing"]) !== "Disabled";

function roleOf(
  sam: Sam,
  { id, properties, shared }: SamResource,
  destinationPolicies: readonly Dict[],
): Resource {
  const { partition } = sam;
  const basic = given(properties["DurableConfig"])
    ? "AWSLambdaBasicDurableExecutionRolePolicy"
    : "AWSLambdaBasicExecutionRole";
  const managed = [`service-role/${basic}`];
  if (isTraced(sam, properties)) managed.push(xrayPolicyName(partition));
  if (given(properties["VpcConfig"])) managed.push("service-role/AWSLambdaVPCAccessExecutionRole");
  const queue = properties["DeadLetterQueue"] as Dict | undefined;
  const deadLetters =
    queue !== undefined && given(queue)
      ? [deadLetterPolicy(deadLetterActions[queue["Type"] as string] as string, queue["TargetArn"])]
      : [];
  return executionRole({
    ownerId: id,
    attributes: shared,
    assumeRolePolicy: properties["AssumeRolePolicyDocument"] ?? assumeRolePolicy("lambda.amazonaws.com"),
    policies: properties["Policies"],
    managedPolicyArns: managed.map((name) => managedPolicyArn(partition, name)),
    policyDocuments: [...deadLetters, ...destinationPolicies],
    path: properties["RolePath"],
    permissionsBoundary: properties["PermissionsBoundary"],
    tags: samTags(id, properties["Tags"]),
    partition,
  });
}

/** Gives the function the role, unless it has one; with an `Fn::If` it may have one on one side only. */
function assignRole(sam: Sam, { id }: SamResource, made: Resource, role: Resource): boolean {
  const own = made.properties["Role"] ?? undefined;
  if (own === undefined) {
    made.properties["Role"] = arnOf(role);
    return true;
  }
  if (!isIf(own)) return false;
  const parts = partsOfIf(resolved(sam, own) as Dict);
  if (typeof parts === "string") throw new InvalidResource(id, `Malformed 'Role' property: ${parts}.`);
  const [condition, then, otherwise] = parts as [string, unknown, unknown];
  if (isNoValue(then) && isNoValue(otherwise)) made.properties["Role"] = arnOf(role);
  else if (isNoValue(then)) {
    made.properties["Role"] = conditional(condition, arnOf(role), otherwise);
    role.attributes["Condition"] = condition;
  } else if (isNoValue(otherwise)) {
    made.properties["Role"] = conditional(condition, then, arnOf(role));
    role.attributes["Condition"] = `NOT${condition}`;
    conditionsOf(sam)[`NOT${condition}`] = not(condition);
  } else return false;
  return true;
}

function addDeployment(sam: Sam, { id, properties, shared }: SamResource, alias: Resource | undefined): void {
  const config = properties["DeploymentPreference"] as Dict;
  for (const name of ["Enabled", "Type"]) {
    if (name in config) config[name] = resolvedInMappings(sam, resolved(sam, config[name]));
  }
  config["PassthroughCondition"] =
    "PassthroughCondition" in config
      ? booleanOf(id, resolvedInMappings(sam, resolved(sam, config["PassthroughCondition"])))
      : false;
  const isEnabled = sam.deployments.add(id, {
    config,
    condition: shared["Condition"],
    tags: properties["Tags"],
    propagatesTags: properties["PropagateTags"],
  });
  if (!isEnabled) return;
  if (alias === undefined) {
    throw new InvalidResource(
      id,
      "'DeploymentPreference' requires AutoPublishAlias property to be specified.",
    );
  }
  alias.attributes["UpdatePolicy"] = sam.deployments.updatePolicy(id);
}

function booleanOf(id: string, value: unknown): boolean {
  if (value === true || value === 1 || value === "true" || value === "True") return true;
  if (value === false || value === 0 || value === "false" || value === "False") return false;
  throw new InvalidResource(
    id,
    isFunction(value)
      ? "Unsupported intrinsic: the only intrinsic functions supported for property PassthroughCondition are FindInMap and parameter Refs."
      : "Invalid value for property PassthroughCondition.",
  );
}
