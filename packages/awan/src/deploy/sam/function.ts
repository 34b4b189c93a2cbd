/** AWS::Serverless::Function: a function with its role, version, alias, URL, destinations and events. */
import { type Dict, isDict, textOf } from "../template/value.ts";
import { InvalidEvent, InvalidResource } from "./errors.ts";
import { eventHandlers } from "./events/index.ts";
import type { EventOwner } from "./events/owner.ts";
import { invokeConfig } from "./function-destinations.ts";
import { functionUrl } from "./function-url.ts";
import { publish } from "./function-version.ts";
import { propagateTags } from "./propagate-tags.ts";
import { buildRole, type Role } from "./role.ts";
import { codeLocation } from "./s3-location.ts";
import {
  assumeRolePolicy,
  derivedAttributes,
  getAtt,
  isIf,
  isNoValue,
  make,
  type Made,
  managedPolicyArn,
  ownAttributes,
  ref,
  resolveParameters,
  type Sam,
  type SamResource,
  tagList,
} from "./sam.ts";

const passedThrough = [
  "FunctionName",
  "Handler",
  "Runtime",
  "Description",
  "MemorySize",
  "Timeout",
  "VpcConfig",
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
  "RecursiveLoop",
  "TenancyConfig",
  "DurableConfig",
  "FunctionScalingConfig",
  "PublishToLatestPublished",
];

export function transformFunction(sam: Sam, resource: SamResource): Made[] {
  const { id, raw, properties } = resource;
  checkDeadLetterQueue(id, properties["DeadLetterQueue"]);
  const lambda = lambdaFunction(sam, resource);
  const made: Made[] = [lambda];
  const alias = publish(sam, resource, lambda, made);
  made.push(...functionUrl(resource, alias?.id));
  const destinations = invokeConfig(sam, resource, alias);
  made.push(...destinations.made);
  const role = functionRole(sam, resource, destinations.policies);
  const body = lambda.resource["Properties"] as Dict;
  const attached = attachRole(sam, resource, body, role);
  const owner: EventOwner = {
    sam,
    functionId: id,
    calledId: alias?.id ?? id,
    name: ref(alias?.id ?? id),
    arn: alias === undefined ? getAtt(id, "Arn") : ref(alias.id),
    attributes: derivedAttributes(raw),
    condition: typeof raw["Condition"] === "string" ? raw["Condition"] : undefined,
    role: role.draft,
  };
  const events = transformEvents(resource, owner);
  if (attached !== undefined) made.push(attached());
  made.push(...events);
  propagateTags(made, properties);
  return made;
}

function lambdaFunction(sam: Sam, { id, raw, properties }: SamResource): Made {
  const tracing = resolveParameters(sam, properties["Tracing"]);
  const deadLetter = properties["DeadLetterQueue"];
  const tags = isDict(properties["Tags"]) ? properties["Tags"] : {};
  const capacity = properties["CapacityProviderConfig"];
  checkPackage(id, properties);
  return make(
    id,
    "AWS::Lambda::Function",
    {
      ...Object.fromEntries(passedThrough.map((name) => [name, properties[name]])),
      Role: properties["Role"],
      Code: codeOf(id, properties),
      Tags: tagList({ "lambda:createdBy": "SAM", ...tags }),
      TracingConfig: tracing && tracing !== "Disabled" ? { Mode: properties["Tracing"] } : undefined,
      DeadLetterConfig: isDict(deadLetter) ? { TargetArn: deadLetter["TargetArn"] } : undefined,
      CapacityProviderConfig: isDict(capacity)
        ? {
            LambdaManagedInstancesCapacityProviderConfig: {
              CapacityProviderArn: capacity["Arn"],
              ...pick(capacity, "PerExecutionEnvironmentMaxConcurrency"),
              ...pick(capacity, "ExecutionEnvironmentMemoryGiBPerVCpu"),
            },
          }
        : undefined,
    },
    ownAttributes(raw),
  );
}

const pick = (from: Dict, name: string): Dict => (from[name] === undefined ? {} : { [name]: from[name] });

function checkPackage(id: string, properties: Dict): void {
  const type = properties["PackageType"] ?? "Zip";
  if (type !== "Zip" && type !== "Image")
    throw new InvalidResource(id, `invalid 'PackageType' : ${textOf(type)}`);
  if (type === "Zip") {
    if (!properties["Runtime"] || !properties["Handler"]) {
      // The order of refusals: code comes first.
      codeOf(id, properties);
      throw new InvalidResource(
        id,
        "Runtime and Handler needs to be present when PackageType is of type `Zip`",
      );
    }
    if (properties["ImageConfig"]) {
      throw new InvalidResource(
        id,
        "ImageUri or ImageConfig cannot be present when PackageType is of type `Zip`",
      );
    }
  } else if (properties["Handler"] || properties["Runtime"] || properties["Layers"]) {
    codeOf(id, properties);
    throw new InvalidResource(
      id,
      "Runtime, Handler, Layers cannot be present when PackageType is of type `Image`",
    );
  }
}

function codeOf(id: string, properties: Dict): Dict {
  const key = properties["SourceKMSKeyArn"];
  const encrypted = key === undefined ? {} : { SourceKMSKeyArn: key };
  if (properties["PackageType"] === "Image") {
    if (properties["ImageUri"] === undefined) throw new InvalidResource(id, "'ImageUri' must be set.");
    return { ImageUri: properties["ImageUri"] };
  }
  if (properties["InlineCode"] !== undefined) return { ZipFile: properties["InlineCode"], ...encrypted };
  if (properties["CodeUri"] === undefined) {
    throw new InvalidResource(id, "Only one of 'InlineCode' or 'CodeUri' can be set.");
  }
  return { ...codeLocation(id, properties["CodeUri"], "CodeUri"), ...encrypted };
}

const deadLetterActions: Readonly<Record<string, string>> = { SQS: "sqs:SendMessage", SNS: "sns:Publish" };

function checkDeadLetterQueue(id: string, queue: unknown): void {
  if (!isDict(queue)) return;
  const { Type: type, TargetArn: target } = queue;
  if (!type || !target) {
    throw new InvalidResource(
      id,
      "'DeadLetterQueue' requires Type and TargetArn properties to be specified.",
    );
  }
  if (typeof type !== "string")
    throw new InvalidResource(id, "Property 'DeadLetterQueue.Type' should be a string.");
  if (!Object.hasOwn(deadLetterActions, type)) {
    throw new InvalidResource(id, "'DeadLetterQueue' requires Type of ['SQS', 'SNS']");
  }
}

function functionRole(sam: Sam, { id, raw, properties }: SamResource, destinations: readonly Dict[]): Role {
  const tracing = resolveParameters(sam, properties["Tracing"]);
  const deadLetter = properties["DeadLetterQueue"];
  const tags = isDict(properties["Tags"]) ? properties["Tags"] : {};
  const basic = properties["DurableConfig"]
    ? "AWSLambdaBasicDurableExecutionRolePolicy"
    : "AWSLambdaBasicExecutionRole";
  return buildRole(sam, {
    ownerId: id,
    policies: properties["Policies"],
    trust: properties["AssumeRolePolicyDocument"] ?? assumeRolePolicy("lambda.amazonaws.com"),
    managedPolicyArns: [
      managedPolicyArn(sam, `service-role/${basic}`),
      ...(tracing && tracing !== "Disabled" ? [managedPolicyArn(sam, xrayPolicy(sam))] : []),
      ...(properties["VpcConfig"]
        ? [managedPolicyArn(sam, "service-role/AWSLambdaVPCAccessExecutionRole")]
        : []),
    ],
    documents: [
      ...(isDict(deadLetter)
        ? [
            {
              PolicyName: "DeadLetterQueuePolicy",
              PolicyDocument: {
                Version: "2012-10-17",
                Statement: [
                  {
                    Action: deadLetterActions[String(deadLetter["Type"])],
                    Resource: deadLetter["TargetArn"],
                    Effect: "Allow",
                  },
                ],
              },
            },
          ]
        : []),
      ...destinations,
    ],
    path: properties["RolePath"],
    permissionsBoundary: properties["PermissionsBoundary"],
    tags: tagList({ "lambda:createdBy": "SAM", ...tags }),
    attributes: derivedAttributes(raw),
  });
}

/** Only the commercial regions know the newer name. */
export const xrayPolicy = (sam: Pick<Sam, "partition">): string =>
  sam.partition === "aws" ? "AWSXrayWriteOnlyAccess" : "AWSXRayDaemonWriteAccess";

/** Sets the function's role; answers how to make the role's resource when there is to be one. */
function attachRole(
  sam: Sam,
  { id, properties }: SamResource,
  body: Dict,
  role: Role,
): (() => Made) | undefined {
  const given = properties["Role"];
  if (given === undefined || given === null) {
    body["Role"] = getAtt(role.id, "Arn");
    return () => role.made();
  }
  if (!isIf(given)) return undefined;
  const [condition, yes, no] = given["Fn::If"];
  if (typeof condition !== "string") throw new InvalidResource(id, "Malformed 'Role' property.");
  const arn = getAtt(role.id, "Arn");
  const under = (name: string | undefined) => (): Made => {
    const made = role.made();
    return name === undefined ? made : { ...made, resource: { ...made.resource, Condition: name } };
  };
  if (isNoValue(yes) && isNoValue(no)) {
    body["Role"] = arn;
    return under(undefined);
  }
  if (isNoValue(yes)) {
    body["Role"] = { "Fn::If": [condition, arn, no] };
    return under(condition);
  }
  if (isNoValue(no)) {
    body["Role"] = { "Fn::If": [condition, yes, arn] };
    sam.conditions[`NOT${condition}`] = { "Fn::Not": [{ Condition: condition }] };
    return under(`NOT${condition}`);
  }
  return undefined;
}

function transformEvents({ id, properties }: SamResource, owner: EventOwner): Made[] {
  const events = properties["Events"];
  if (!isDict(events)) return [];
  const made: Made[] = [];
  const sorted = Object.entries(events).toSorted(([a, x], [b, y]) =>
    orderOf(a, x) < orderOf(b, y) ? -1 : orderOf(a, x) > orderOf(b, y) ? 1 : 0,
  );
  try {
    for (const [eventId, event] of sorted) {
      if (!isDict(event)) throw new InvalidEvent(eventId, "Event should be a map.");
      const type = event["Type"];
      const handler =
        typeof type === "string" && Object.hasOwn(eventHandlers, type) ? eventHandlers[type] : undefined;
      if (handler === undefined) {
        throw new InvalidEvent(
          eventId,
          `Resource dict has missing or invalid value for field 'Type'. Event Type is: ${textOf(type)}.`.replace(
            " Event Type is: undefined.",
            "",
          ),
        );
      }
      const own = isDict(event["Properties"]) ? event["Properties"] : {};
      made.push(...handler(owner, { id: eventId, logicalId: id + eventId, properties: own }));
    }
  } catch (error) {
    if (error instanceof InvalidEvent) throw new InvalidResource(id, error.message);
    throw error;
  }
  return made;
}

const orderOf = (id: string, event: unknown): string => {
  const properties = isDict(event) ? event["Properties"] : undefined;
  const path = isDict(properties) ? properties["Path"] : undefined;
  return typeof path === "string" ? path : id;
};
