/** EventInvokeConfig: where asynchronous results go, with queues and topics made where none is named. */
import { type Dict, isDict, textOf } from "../template/value.ts";
import { InvalidResource } from "./errors.ts";
import { destinationPolicy } from "./events/pull.ts";
import { hashedId } from "./logical-id.ts";
import {
  derivedAttributes,
  getAtt,
  isIf,
  isNoValue,
  make,
  type Made,
  ownAttributes,
  ref,
  resolveParameters,
  type Sam,
  type SamResource,
} from "./sam.ts";

interface Destinations {
  readonly made: readonly Made[];
  readonly policies: readonly Dict[];
}

export function invokeConfig(sam: Sam, resource: SamResource, alias: Made | undefined): Destinations {
  const { id, raw, properties } = resource;
  const config = properties["EventInvokeConfig"];
  if (!isDict(config) || Object.keys(config).length === 0) return { made: [], policies: [] };
  const logicalId = `${id}EventInvokeConfig`;
  const resolved = resolveParameters(sam, config) as Dict;
  const given = resolved["DestinationConfig"];
  if (given !== undefined && given !== null && !isDict(given)) {
    throw new InvalidResource(id, "Property 'EventInvokeConfig.DestinationConfig' should be a map.");
  }
  const made: Made[] = [];
  const policies: Dict[] = [];
  const destinations: Dict = {};
  for (const outcome of ["OnSuccess", "OnFailure"]) {
    const target = isDict(given) ? given[outcome] : undefined;
    if (target === undefined || target === null) continue;
    if (!isDict(target)) {
      throw new InvalidResource(
        id,
        `Property 'EventInvokeConfig.DestinationConfig.${outcome}' should be a map.`,
      );
    }
    const found = destination(sam, resource, logicalId + outcome, target);
    destinations[outcome] = { Destination: found.arn };
    if (found.made !== undefined) made.push(found.made);
    if (found.policy !== undefined) policies.push(found.policy);
  }
  made.push(
    make(
      logicalId,
      "AWS::Lambda::EventInvokeConfig",
      {
        FunctionName: ref(id),
        Qualifier: alias === undefined ? "$LATEST" : (alias.resource["Properties"] as Dict)["Name"],
        DestinationConfig: destinations,
        MaximumEventAgeInSeconds: resolved["MaximumEventAgeInSeconds"],
        MaximumRetryAttempts: resolved["MaximumRetryAttempts"],
      },
      { ...ownAttributesWithoutOrder(raw), ...(alias === undefined ? {} : { DependsOn: [alias.id] }) },
    ),
  );
  return { made, policies };
}

const ownAttributesWithoutOrder = (raw: Dict): Dict => {
  const { DependsOn: _order, ...rest } = ownAttributes(raw);
  return rest;
};

interface Destination {
  readonly arn: unknown;
  readonly made?: Made;
  readonly policy?: Dict | undefined;
}

function destination(sam: Sam, { id, raw }: SamResource, logicalId: string, target: Dict): Destination {
  const { Type: type, Destination: given } = target;
  const types = ["SQS", "SNS", "EventBridge", "Lambda", "S3Bucket"];
  if (typeof type !== "string" || !types.includes(type)) {
    const shown = type === undefined || type === null ? "None" : textOf(type);
    throw new InvalidResource(
      id,
      `'Type: ${shown}' must be one of [${types.map((each) => `'${each}'`).join(", ")}]`,
    );
  }
  const optional = optionalDestination(sam, logicalId.replace(/On(Success|Failure)$/, ""), given);
  if (given !== undefined && given !== null && optional === undefined) {
    return { arn: given, policy: destinationPolicy(type, given, logicalId) };
  }
  if (type !== "SQS" && type !== "SNS") {
    throw new InvalidResource(id, "Destination is required if Type is not ['SQS', 'SNS']");
  }
  const queue = type === "SQS";
  const attributes = derivedAttributes(raw);
  const condition = bothConditions(sam, id, attributes["Condition"], optional?.condition);
  const made = make(
    logicalId + (queue ? "Queue" : "Topic"),
    queue ? "AWS::SQS::Queue" : "AWS::SNS::Topic",
    {},
    {
      ...attributes,
      ...(condition === undefined ? {} : { Condition: condition }),
    },
  );
  sam.references.set(`${id}.${queue ? "DestinationQueue" : "DestinationTopic"}`, made.id);
  const own = queue ? getAtt(made.id, "Arn") : ref(made.id);
  const arn = optional === undefined ? own : { "Fn::If": [optional.condition, own, optional.other] };
  return { arn, made, policy: destinationPolicy(type, arn, logicalId) };
}

/** `Destination: !If [C, !Ref AWS::NoValue, arn]`: one is made under C, or under its negation. */
function optionalDestination(
  sam: Sam,
  logicalId: string,
  value: unknown,
): { readonly condition: string; readonly other: unknown } | undefined {
  if (!isIf(value)) return undefined;
  const [condition, yes, no] = value["Fn::If"];
  if (isNoValue(yes) && isNoValue(no)) return undefined;
  if (isNoValue(yes)) return { condition, other: no };
  if (!isNoValue(no)) return undefined;
  const negated = hashedId(`NOT${condition}`, logicalId);
  sam.conditions[negated] = { "Fn::Not": [{ Condition: condition }] };
  return { condition: negated, other: yes };
}

function bothConditions(sam: Sam, id: string, own: unknown, other: string | undefined): unknown {
  if (typeof own !== "string") return other;
  if (other === undefined) return own;
  const name = hashedId(`${own}AND${other}`, id);
  sam.conditions[name] = { "Fn::And": [{ Condition: own }, { Condition: other }] };
  return name;
}
