/** `EventInvokeConfig`: where results of asynchronous invocations go, with queues and topics made for it where none is named. */
import { type Dict } from "../../template/value.ts";
import { InvalidResource } from "../errors.ts";
import { expectMap } from "../expect.ts";
import { conditional, isIf, isNoValue, not, partsOfIf, ref } from "../intrinsics.ts";
import { hashedId } from "../logical-id.ts";
import {
  invokeFunctionPolicy,
  publishPolicy,
  putEventsPolicy,
  putObjectPolicy,
  sendMessagePolicy,
} from "../policies.ts";
import { given, shown } from "../python/text.ts";
import { arnOf, Resource } from "../resource.ts";
import { conditionsOf, resolved, type Sam, type SamResource } from "../sam.ts";

const policyOf: Readonly<Record<string, (id: string, arn: unknown) => Dict>> = {
  SQS: sendMessagePolicy,
  SNS: publishPolicy,
  EventBridge: putEventsPolicy,
  Lambda: invokeFunctionPolicy,
  S3Bucket: putObjectPolicy,
};
const madeTypes: Readonly<Record<string, readonly [suffix: string, type: string]>> = {
  SQS: ["Queue", "AWS::SQS::Queue"],
  SNS: ["Topic", "AWS::SNS::Topic"],
};

export interface Destinations {
  readonly resources: Resource[];
  readonly policies: Dict[];
}

export function destinationsOf(
  sam: Sam,
  owner: SamResource,
  { name, alias }: { name: string; alias: Resource | undefined },
): Destinations {
  const { id, properties, attributes } = owner;
  const config = resolved(sam, properties["EventInvokeConfig"]) as Dict;
  const logicalId = `${id}EventInvokeConfig`;
  const made: Destinations = { resources: [], policies: [] };
  const destinations: Dict = {};
  const wanted = config["DestinationConfig"];
  if (given(wanted)) {
    expectMap(wanted, { id, path: "EventInvokeConfig.DestinationConfig" });
    for (const outcome of ["OnSuccess", "OnFailure"]) {
      const each = wanted[outcome] ?? undefined;
      if (each === undefined) continue;
      expectMap(each, { id, path: `EventInvokeConfig.DestinationConfig.${outcome}` });
      const { resource, arn, policy } = destinationOf(sam, owner, { config: each, logicalId, outcome });
      destinations[outcome] = { Destination: arn };
      each["Destination"] = arn;
      if (resource !== undefined) made.resources.push(resource);
      made.policies.push(policy);
    }
  }
  made.resources.push(
    new Resource(logicalId, "AWS::Lambda::EventInvokeConfig", {
      attributes,
      ...(alias === undefined ? {} : { dependsOn: [alias.id] }),
      properties: {
        FunctionName: ref(id),
        Qualifier: name === "" ? "$LATEST" : name,
        DestinationConfig: destinations,
        MaximumEventAgeInSeconds: config["MaximumEventAgeInSeconds"],
        MaximumRetryAttempts: config["MaximumRetryAttempts"],
      },
    }),
  );
  return made;
}

interface DestinationInput {
  readonly config: Dict;
  readonly logicalId: string;
  readonly outcome: string;
}

function destinationOf(
  sam: Sam,
  { id, shared }: SamResource,
  { config, logicalId, outcome }: DestinationInput,
): { resource: Resource | undefined; arn: unknown; policy: Dict } {
  const type = config["Type"];
  if (typeof type !== "string" || !Object.hasOwn(policyOf, type)) {
    throw new InvalidResource(
      id,
      `'Type: ${shown(type)}' must be one of ['SQS', 'SNS', 'EventBridge', 'Lambda', 'S3Bucket']`,
    );
  }
  const destination = config["Destination"] ?? undefined;
  const resourceId = logicalId + outcome;
  const policy = (arn: unknown): Dict =>
    (policyOf[type] as (id: string, arn: unknown) => Dict)(resourceId, arn);
  const own = conditionOf(sam, destination, logicalId);
  if (destination !== undefined && own === undefined) {
    return { resource: undefined, arn: destination, policy: policy(destination) };
  }
  const condition = both(sam, { id, first: shared["Condition"], second: own?.condition });
  const [suffix, resourceType] = madeTypes[type] ?? [];
  if (suffix === undefined || resourceType === undefined) {
    throw new InvalidResource(id, "Destination is required if Type is not ['SQS', 'SNS']");
  }
  const resource = new Resource(resourceId + suffix, resourceType, {
    attributes: { ...shared, ...(given(condition) ? { Condition: condition } : {}) },
  });
  const arn =
    own === undefined ? arnOf(resource) : conditional(own.condition, arnOf(resource), own.otherwise);
  return { resource, arn, policy: policy(arn) };
}

/** The condition under which a destination is missing, from an `Fn::If` with nothing on one side. */
function conditionOf(
  sam: Sam,
  destination: unknown,
  logicalId: string,
): { condition: string; otherwise: unknown } | undefined {
  if (!isIf(destination)) return undefined;
  const parts = partsOfIf(destination);
  if (typeof parts === "string") {
    throw new InvalidResource(logicalId, `Malformed 'Destination' property: ${parts}.`);
  }
  const [condition, then, otherwise] = parts as [string, unknown, unknown];
  if (isNoValue(then)) return isNoValue(otherwise) ? undefined : { condition, otherwise };
  if (!isNoValue(otherwise)) return undefined;
  const name = hashedId(`NOT${condition}`, logicalId).slice(0, 255);
  conditionsOf(sam)[name] = not(condition);
  return { condition: name, otherwise: then };
}

function both(
  sam: Sam,
  { id, first, second }: { id: string; first: unknown; second: string | undefined },
): unknown {
  if (typeof first !== "string") return second;
  if (second === undefined) return first;
  const name = hashedId(`${first}AND${second}`, id).slice(0, 255);
  // The translator nests the conditions once more than it should; templates are compared with its.
  conditionsOf(sam)[name] = {
    "Fn::And": [{ Condition: { Condition: first } }, { Condition: { Condition: second } }],
  };
  return name;
}
