/** One CloudFormation provider for every record of API Gateway v2 that is created, updated and deleted by one operation each. */
import type { Call } from "../../host/call.ts";
import type { Properties, PropertyKind, ResourceProvider, ResourceState } from "../../host/resource.ts";
import { AwsError } from "../../kernel/errors.ts";

/** Templates may write numbers and booleans as text; operations want them as they are. */
const numberNames = new Set([
  "TimeoutInMillis",
  "MaxAge",
  "AuthorizerResultTtlInSeconds",
  "ThrottlingBurstLimit",
  "ThrottlingRateLimit",
]);
const booleanNames = new Set([
  "AutoDeploy",
  "ApiKeyRequired",
  "DisableExecuteApiEndpoint",
  "DisableSchemaValidation",
  "EnableSimpleResponses",
  "AllowCredentials",
  "DetailedMetricsEnabled",
  "DataTraceEnabled",
  "FailOnWarnings",
  "Required",
]);

function typed(value: unknown, name = ""): unknown {
  if (Array.isArray(value)) return value.map((item) => typed(item));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, typed(member, key)]));
  }
  if (typeof value === "string" && numberNames.has(name)) return Number(value);
  if (typeof value === "string" && booleanNames.has(name)) return value === "true";
  if (typeof value === "number" && !numberNames.has(name)) return String(value);
  return value;
}

export const inputOf = (properties: Properties): object => typed(properties) as object;

type Act = (call: Call, input: never) => object | void;

interface Kind {
  readonly type: string;
  /** Names of properties; those in `replace` make a new resource. */
  readonly properties: readonly string[];
  readonly replace: readonly string[];
  readonly required: readonly string[];
  readonly create: Act;
  /** Without it a change makes a new resource. */
  readonly update?: Act;
  readonly remove: Act;
  /** The member of the record that `Ref` gives. */
  readonly id: string;
  readonly attributes?: (record: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;
  /** Template properties in the operation's form, where they differ. */
  readonly shape?: (input: Readonly<Record<string, unknown>>) => object;
}

export function providerOf(kind: Kind): ResourceProvider {
  const properties: Record<string, PropertyKind> = {};
  for (const name of kind.properties)
    properties[name] = kind.replace.includes(name) || kind.update === undefined ? "replace" : "mutable";
  const shaped = (given: Properties): object => {
    const input = inputOf(given) as Record<string, unknown>;
    return kind.shape === undefined ? input : kind.shape(input);
  };
  const state = (record: object | void): ResourceState => {
    const members = (record ?? {}) as Readonly<Record<string, unknown>>;
    const physicalId = members[kind.id] as string;
    return { physicalId, attributes: kind.attributes?.(members) ?? { [kind.id]: physicalId } };
  };
  return {
    type: kind.type,
    properties,
    required: kind.required,
    create: (call, request) => state(kind.create(call, shaped(request.properties) as never)),
    update: (call, request) => {
      const input = { ...shaped(request.properties), [kind.id]: request.physicalId };
      return state((kind.update as Act)(call, input as never));
    },
    delete: (call, request) => {
      try {
        kind.remove(call, { ...inputOf(request.properties), [kind.id]: request.physicalId } as never);
      } catch (error) {
        if (!(error instanceof AwsError) || error.code !== "NotFoundException") throw error;
      }
    },
  };
}
