/** AWS::Serverless::StateMachine: a state machine with its role, published alias and events. */
import { type Dict, isDict, isIntrinsic } from "../template/value.ts";
import { InvalidEvent, InvalidResource } from "./errors.ts";
import { type MachineTarget, machineEvents } from "./events/machine.ts";
import { escapeAscii } from "./logical-id.ts";
import { xrayPolicy } from "./function.ts";
import { buildRole } from "./role.ts";
import { parseS3Uri } from "./s3-location.ts";
import {
  assumeRolePolicy,
  derivedAttributes,
  getAtt,
  make,
  type Made,
  ownAttributes,
  ref,
  type Sam,
  type SamResource,
  tagList,
} from "./sam.ts";

export function transformStateMachine(sam: Sam, resource: SamResource): Made[] {
  const { id, raw, properties } = resource;
  const { Definition: definition, DefinitionUri: uri, Role: role, Policies: policies } = properties;
  if (definition && uri) {
    throw new InvalidResource(id, "Specify either 'Definition' or 'DefinitionUri' property and not both.");
  }
  if (!definition && !uri) {
    throw new InvalidResource(id, "Either 'Definition' or 'DefinitionUri' property must be specified.");
  }
  if (role && policies) {
    throw new InvalidResource(
      id,
      "Specify either 'Role' or 'Policies' (but not both at the same time) or neither of them",
    );
  }
  const substitutions: Dict = { ...(properties["DefinitionSubstitutions"] as Dict | undefined) };
  const text = definition ? definitionText(definition, substitutions) : undefined;
  const tags = tagList({ "stateMachine:createdBy": "SAM", ...(properties["Tags"] as Dict | undefined) });
  const made: Made[] = [
    make(
      id,
      "AWS::StepFunctions::StateMachine",
      {
        DefinitionString: text,
        DefinitionS3Location: definition ? undefined : definitionLocation(id, uri),
        DefinitionSubstitutions: Object.keys(substitutions).length === 0 ? undefined : substitutions,
        RoleArn: role ?? getAtt(`${id}Role`, "Arn"),
        StateMachineName: properties["Name"],
        StateMachineType: properties["Type"],
        LoggingConfiguration: properties["Logging"],
        TracingConfiguration: properties["Tracing"],
        Tags: tags,
      },
      ownAttributes(raw),
    ),
  ];
  if (!role) made.push(machineRole(sam, resource, tags));
  const aliasId = publish(sam, resource, made);
  const target: MachineTarget = {
    sam,
    arn: ref(properties["UseAliasAsEventTarget"] && aliasId !== undefined ? aliasId : id),
    id: properties["UseAliasAsEventTarget"] && aliasId !== undefined ? aliasId : id,
    attributes: derivedAttributes(raw),
    condition: typeof raw["Condition"] === "string" ? raw["Condition"] : undefined,
    permissionsBoundary: properties["PermissionsBoundary"],
  };
  made.push(...events(resource, target));
  return made;
}

function machineRole(sam: Sam, { id, raw, properties }: SamResource, tags: readonly Dict[]): Made {
  const given = properties["Policies"];
  const list: unknown[] = given === undefined ? [] : Array.isArray(given) ? given : [given];
  const tracing = properties["Tracing"];
  const traced = isDict(tracing) && tracing["Enabled"] === true;
  return buildRole(sam, {
    ownerId: id,
    policies: traced ? [...list, xrayPolicy(sam)] : list,
    trust: assumeRolePolicy("states.amazonaws.com"),
    managedPolicyArns: [],
    documents: [],
    path: properties["RolePath"],
    permissionsBoundary: properties["PermissionsBoundary"],
    tags,
    attributes: derivedAttributes(raw),
  }).made();
}

function definitionLocation(id: string, uri: unknown): Dict {
  const place = isDict(uri) ? uri : (parseS3Uri(uri) as Dict | undefined);
  if (place === undefined) {
    throw new InvalidResource(
      id,
      "'DefinitionUri' is not a valid S3 Uri of the form 's3://bucket/key' with optional versionId query parameter.",
    );
  }
  const { Bucket, Key, Version } = place;
  if (!Bucket || !Key) {
    throw new InvalidResource(id, "'DefinitionUri' requires Bucket and Key properties to be specified.");
  }
  return { Bucket, Key, ...(Version === undefined ? {} : { Version }) };
}

/** The definition as text by lines; functions inside become substitutions. */
function definitionText(definition: unknown, substitutions: Dict): Dict {
  let counter = 0;
  const substitute = (value: unknown): unknown => {
    if (isIntrinsic(value) || (typeof value === "string" && value.startsWith("{{resolve:"))) {
      counter += 1;
      const name = `definition_substitution_${counter}`;
      substitutions[name] = value;
      return `\${${name}}`;
    }
    if (Array.isArray(value)) return value.map(substitute);
    if (!isDict(value)) return value;
    const keys = Object.keys(value).toSorted();
    return Object.fromEntries(keys.map((key) => [key, substitute(value[key])]));
  };
  const text = escapeAscii(JSON.stringify(substitute(definition), undefined, 4));
  return { "Fn::Join": ["\n", text.split("\n")] };
}

/** Version and alias; answers the alias's id. */
function publish(sam: Sam, { id, raw, properties }: SamResource, made: Made[]): string | undefined {
  const {
    AutoPublishAlias: alias,
    DeploymentPreference: preference,
    UseAliasAsEventTarget: asTarget,
  } = properties;
  if (!alias && asTarget) {
    throw new InvalidResource(
      id,
      "'UseAliasAsEventTarget' requires 'AutoPublishAlias' property to be specified.",
    );
  }
  if (!alias && preference) {
    throw new InvalidResource(
      id,
      "'DeploymentPreference' requires 'AutoPublishAlias' property to be specified.",
    );
  }
  if (typeof alias !== "string") return undefined;
  const attributes = derivedAttributes(raw);
  const version = make(
    `${id}Version`,
    "AWS::StepFunctions::StateMachineVersion",
    { StateMachineArn: ref(id), StateMachineRevisionId: getAtt(id, "StateMachineRevisionId") },
    { DeletionPolicy: "Retain", UpdateReplacePolicy: "Retain", ...attributes },
  );
  const made2 = make(
    `${id}Alias${alias}`,
    "AWS::StepFunctions::StateMachineAlias",
    {
      Name: alias,
      DeploymentPreference: {
        ...(isDict(preference) ? preference : { Type: "ALL_AT_ONCE" }),
        StateMachineVersionArn: ref(version.id),
      },
    },
    attributes,
  );
  made.push(version, made2);
  sam.references.set(`${id}.Alias`, made2.id);
  sam.references.set(`${id}.Version`, version.id);
  return made2.id;
}

function events({ id, properties }: SamResource, target: MachineTarget): Made[] {
  const given = properties["Events"];
  if (!isDict(given)) return [];
  try {
    return Object.entries(given).flatMap(([eventId, event]) => {
      const type = isDict(event) ? event["Type"] : undefined;
      const handler =
        typeof type === "string" && Object.hasOwn(machineEvents, type) ? machineEvents[type] : undefined;
      if (handler === undefined || !isDict(event)) {
        throw new InvalidEvent(eventId, "Resource dict has missing or invalid value for field 'Type'.");
      }
      const own = isDict(event["Properties"]) ? event["Properties"] : {};
      return handler(target, { id: eventId, logicalId: id + eventId, properties: own });
    });
  } catch (error) {
    if (error instanceof InvalidEvent) throw new InvalidResource(id, error.message);
    throw error;
  }
}
