/**
 * The SAM transform, `AWS::Serverless-2016-10-31`: a template with serverless resources becomes one without. Functions
 * come first, because their events write into the APIs, which come after.
 */
import { clone, type Dict, isDict, isIntrinsic, soleKey, validationError } from "../template/value.ts";
import { settleVersions, transformApi } from "./api/rest-api.ts";
import { transformApplication } from "./application.ts";
import { prepareRestApis } from "./implicit-rest-api.ts";
import { transformLayerVersion } from "./layer-version.ts";
import { transformStateMachine } from "./state-machine.ts";
import { transformHttpApi } from "./api/http-api.ts";
import { checkProperties } from "./check-properties.ts";
import { InvalidDocument, InvalidResource } from "./errors.ts";
import { transformFunction } from "./function.ts";
import { applyGlobals } from "./globals.ts";
import { prepareHttpApis } from "./implicit-http-api.ts";
import { type Made, partitionOf, type Sam, type SamResource } from "./sam.ts";
import { transformSimpleTable } from "./simple-table.ts";

export interface SamInput {
  /** Values of the template's parameters, defaults included. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly region: string;
}

type Transform = (sam: Sam, resource: SamResource) => Made[];

/** In the order in which they are transformed. */
const ranks: readonly (readonly [type: string, transform: Transform])[] = [
  ["AWS::Serverless::Function", transformFunction],
  ["AWS::Serverless::StateMachine", transformStateMachine],
  ["AWS::Serverless::Api", transformApi],
  ["AWS::Serverless::HttpApi", transformHttpApi],
  ["AWS::Serverless::LayerVersion", transformLayerVersion],
  ["AWS::Serverless::Application", transformApplication],
  ["AWS::Serverless::SimpleTable", transformSimpleTable],
];

const prefix =
  "Transform AWS::Serverless-2016-10-31 failed with: Invalid Serverless Application Specification document. Number of errors found: ";

/** @throws AwsError ValidationError that lists everything wrong, in the translator's words. */
export function transformServerless(input: Dict, { parameters, region }: SamInput): Dict {
  const template = clone(input);
  const problems: string[] = [];
  try {
    const sam = open(template, parameters, region);
    try {
      // Shared APIs are made first: globals are for them too.
      prepareRestApis(sam, problems);
      prepareHttpApis(sam);
      applyGlobals(sam);
      settleVersions(sam);
    } catch (error) {
      if (!(error instanceof InvalidResource)) throw error;
      problems.push(error.report);
    }
    if (problems.length === 0) refuseUnknown(sam, problems);
    if (problems.length === 0) transformAll(sam, problems);
    if (problems.length === 0) return close(sam);
  } catch (error) {
    if (!(error instanceof InvalidDocument)) throw error;
    problems.push(error.message);
  }
  throw validationError(`${prefix}${problems.length}. ${problems.join(" ")}`);
}

function open(template: Dict, parameters: Readonly<Record<string, unknown>>, region: string): Sam {
  const resources = template["Resources"];
  if (!isDict(resources) || Object.keys(resources).length === 0) {
    throw new InvalidDocument("Structure of the SAM Template is invalid. 'Resources' section is required");
  }
  const conditions = isDict(template["Conditions"]) ? template["Conditions"] : {};
  const declared = isDict(template["Parameters"]) ? template["Parameters"] : {};
  const defaults = Object.fromEntries(
    Object.entries(declared).flatMap(([name, definition]) =>
      isDict(definition) && "Default" in definition ? [[name, definition["Default"]]] : [],
    ),
  );
  const partition = partitionOf(region);
  return {
    template,
    resources: resources as Record<string, Dict>,
    conditions,
    parameters: { "AWS::Region": region, "AWS::Partition": partition, ...defaults, ...parameters },
    region,
    partition,
    references: new Map(),
  };
}

function transformAll(sam: Sam, problems: string[]): void {
  for (const [type, transform] of ranks) {
    for (const [id, raw] of Object.entries(sam.resources)) {
      if (!isDict(raw) || raw["Type"] !== type) continue;
      try {
        const properties = isDict(raw["Properties"]) ? raw["Properties"] : {};
        checkProperties(id, type, properties);
        const made = transform(sam, { id, type, raw, properties });
        delete sam.resources[id];
        for (const each of made) {
          const there = sam.resources[each.id];
          if (there !== undefined && there["Type"] !== each.resource["Type"]) {
            throw new InvalidResource(
              id,
              `Transforming resource with id [${id}] attempts to create a new resource [${each.id}] of type "${String(each.resource["Type"])}". A resource with that id already exists within this template. Please use a different id for that resource.`,
            );
          }
          sam.resources[each.id] = each.resource;
        }
      } catch (error) {
        if (!(error instanceof InvalidResource)) throw error;
        problems.push(error.report);
      }
    }
  }
}

/** Named, not passed over: what the transform does not know yet. */
function refuseUnknown(sam: Sam, problems: string[]): void {
  const known = new Set(ranks.map(([type]) => type));
  for (const [id, raw] of Object.entries(sam.resources)) {
    const type = isDict(raw) ? raw["Type"] : undefined;
    const refuse = (what: string): void => {
      problems.push(new InvalidResource(id, `Awan does not implement ${what} yet.`).report);
    };
    if (typeof type === "string" && type.startsWith("AWS::Serverless::") && !known.has(type)) refuse(type);
    else if (isDict(raw) && raw["Connectors"] !== undefined) refuse("the attribute 'Connectors'");
  }
}

function close(sam: Sam): Dict {
  const { Transform: _transform, Globals: _globals, ...rest } = sam.template;
  const conditions = Object.keys(sam.conditions).length === 0 ? {} : { Conditions: sam.conditions };
  const { Conditions: _conditions, ...body } = rest;
  return resolveReferences(sam, { ...body, ...conditions }) as Dict;
}

/** `!Ref Function.Version`, `!GetAtt Function.Alias.x` and the same in `!Sub` mean what was made for the function. */
function resolveReferences(sam: Sam, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => resolveReferences(sam, item));
  if (!isDict(value)) return value;
  const key = soleKey(value);
  if (isIntrinsic(value) && key !== undefined) {
    const args = value[key];
    if (key === "Ref" && typeof args === "string") return { Ref: sam.references.get(args) ?? args };
    if (
      key === "Fn::GetAtt" &&
      Array.isArray(args) &&
      typeof args[0] === "string" &&
      typeof args[1] === "string"
    ) {
      const [owner, ...rest] = `${args[0]}.${args[1]}`.split(".");
      const target = sam.references.get(`${owner}.${rest[0]}`);
      if (target !== undefined && rest.length > 1) return { "Fn::GetAtt": [target, ...rest.slice(1)] };
    }
    if (key === "Fn::Sub") return { "Fn::Sub": resolveSub(sam, args) };
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, resolveReferences(sam, member)]),
  );
}

function resolveSub(sam: Sam, args: unknown): unknown {
  const replace = (text: string): string =>
    text.replaceAll(
      /\$\{([A-Za-z0-9]+)\.([A-Za-z]+)(\.[A-Za-z0-9.]+)?\}/g,
      (all, owner: string, name: string, rest: string | undefined) => {
        const target = sam.references.get(`${owner}.${name}`);
        return target === undefined ? all : `\${${target}${rest ?? ""}}`;
      },
    );
  if (typeof args === "string") return replace(args);
  if (Array.isArray(args) && typeof args[0] === "string") {
    return [replace(args[0]), ...args.slice(1).map((item) => resolveReferences(sam, item))];
  }
  return args;
}
