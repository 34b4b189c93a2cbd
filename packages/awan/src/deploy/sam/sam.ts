/**
 * What the parts of the SAM transform share: the template they read, the resources they make, and the small shapes
 * (references, ARNs, statements) everything is built of.
 */
import { deepEqual, type Dict, isDict, isIntrinsic, soleKey } from "../template/value.ts";

/** Attributes that what is made for a resource takes over from it. */
const passedOn = ["Condition", "DeletionPolicy", "UpdateReplacePolicy"] as const;
const kept = [...passedOn, "UpdatePolicy", "Metadata", "DependsOn"] as const;

export interface SamResource {
  readonly id: string;
  readonly type: string;
  /** Globals merged in. */
  readonly properties: Dict;
  readonly raw: Dict;
}

export interface Made {
  readonly id: string;
  readonly resource: Dict;
}

export interface Sam {
  /** The template being transformed: SAM resources disappear from it, what they become is added. */
  readonly template: Dict;
  readonly resources: Record<string, Dict>;
  readonly conditions: Dict;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly region: string;
  readonly partition: string;
  /** `Ref: Function.Version` and the like: SAM id, property, logical id of what it stands for. */
  readonly references: Map<string, string>;
}

export const ref = (logicalId: string): Dict => ({ Ref: logicalId });
export const getAtt = (logicalId: string, attribute: string): Dict => ({
  "Fn::GetAtt": [logicalId, attribute],
});
export const sub = (text: string, variables?: Dict): Dict => ({
  "Fn::Sub": variables === undefined ? text : [text, variables],
});

export const tagList = (tags: Dict): Dict[] => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

/** A resource without its undefined properties. */
export function make(id: string, type: string, properties: Dict, attributes: Dict = {}): Made {
  const own = Object.fromEntries(
    Object.entries(properties).filter(([, value]) => value !== undefined && value !== null),
  );
  return {
    id,
    resource: { Type: type, Properties: own, ...attributes },
  };
}

/** Attributes for what stands in for the resource itself. */
export const ownAttributes = (raw: Dict): Dict => pick(raw, kept);
/** Attributes for what is made beside it. */
export const derivedAttributes = (raw: Dict): Dict => pick(raw, passedOn);

const pick = (raw: Dict, names: readonly string[]): Dict =>
  Object.fromEntries(
    names.flatMap((name) => (raw[name] === undefined || raw[name] === null ? [] : [[name, raw[name]]])),
  );

/** `value` with references to parameters replaced by their values, in `Ref` and `Fn::Sub`, at any depth. */
export function resolveParameters(sam: Pick<Sam, "parameters">, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => resolveParameters(sam, item));
  if (!isDict(value)) return value;
  const name = value["Ref"];
  if (soleKey(value) === "Ref" && typeof name === "string" && Object.hasOwn(sam.parameters, name)) {
    return sam.parameters[name];
  }
  if (soleKey(value) === "Fn::Sub") return resolveSub(sam, value);
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, resolveParameters(sam, member)]),
  );
}

function resolveSub(sam: Pick<Sam, "parameters">, value: Dict): unknown {
  const args = value["Fn::Sub"];
  const replace = (text: string): string =>
    text.replaceAll(/\$\{([^!{}]+)\}/g, (all, name: string) =>
      Object.hasOwn(sam.parameters, name) && !isDict(sam.parameters[name])
        ? String(sam.parameters[name])
        : all,
    );
  if (typeof args === "string") return { "Fn::Sub": replace(args) };
  if (Array.isArray(args) && typeof args[0] === "string") {
    return { "Fn::Sub": [replace(args[0]), ...args.slice(1).map((item) => resolveParameters(sam, item))] };
  }
  return value;
}

export const isNoValue = (value: unknown): boolean => deepEqual(value, { Ref: "AWS::NoValue" });
export const isIf = (value: unknown): value is { "Fn::If": [string, unknown, unknown] } =>
  soleKey(value) === "Fn::If" &&
  isDict(value) &&
  Array.isArray(value["Fn::If"]) &&
  value["Fn::If"].length === 3;

export const isCfnFunction = isIntrinsic;

export const managedPolicyArn = (sam: Pick<Sam, "partition">, name: string): string =>
  `arn:${sam.partition}:iam::aws:policy/${name}`;

export function assumeRolePolicy(service: string): Dict {
  return {
    Version: "2012-10-17",
    Statement: [{ Action: ["sts:AssumeRole"], Effect: "Allow", Principal: { Service: [service] } }],
  };
}

/** A resource's logical id inside `Ref` or `Fn::GetAtt`. */
export function logicalIdIn(value: unknown): string | undefined {
  if (!isDict(value)) return undefined;
  const name = value["Ref"];
  if (typeof name === "string") return name;
  const attribute = value["Fn::GetAtt"];
  if (Array.isArray(attribute) && typeof attribute[0] === "string") return attribute[0];
  if (typeof attribute === "string") return attribute.split(".")[0];
  return undefined;
}

export function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  if (region.startsWith("us-gov-")) return "aws-us-gov";
  if (region.startsWith("us-isob-")) return "aws-iso-b";
  if (region.startsWith("us-iso-")) return "aws-iso";
  return "aws";
}
