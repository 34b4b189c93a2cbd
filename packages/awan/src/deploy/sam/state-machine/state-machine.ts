/** AWS::Serverless::StateMachine: the machine with its role, alias and events. */
import { type Dict, isDict } from "../../template/value.ts";
import type { LinkedEvent } from "../events/function-events.ts";
import { InvalidResource } from "../errors.ts";
import { getAtt, join, ref } from "../intrinsics.ts";
import { xrayPolicyName } from "../partition.ts";
import { assumeRolePolicy } from "../policies.ts";
import { given, shown } from "../python/text.ts";
import { arnOf, propagateTags, Resource, tagList } from "../resource.ts";
import { executionRole } from "../role.ts";
import { definitionLocation } from "../s3-location.ts";
import type { Sam, SamResource } from "../sam.ts";
import { extractSubstitutions, indentedJson } from "./definition.ts";
import { stateMachineEvents } from "./events.ts";

export function transformStateMachine(
  sam: Sam,
  owner: SamResource,
  events: readonly LinkedEvent[],
): Resource[] {
  const { id, properties, attributes, dependsOn } = owner;
  const machine = new Resource(id, "AWS::StepFunctions::StateMachine", {
    attributes,
    dependsOn,
    properties: definitionOf(owner),
  });
  const made = [machine];
  if (given(properties["Role"]) && given(properties["Policies"])) {
    throw new InvalidResource(
      id,
      "Specify either 'Role' or 'Policies' (but not both at the same time) or neither of them",
    );
  }
  const tags = [...tagList({ "stateMachine:createdBy": "SAM" }), ...tagList(properties["Tags"])];
  if (given(properties["Role"])) machine.properties["RoleArn"] = properties["Role"];
  else {
    const role = roleOf(sam, owner, tags);
    machine.properties["RoleArn"] = arnOf(role);
    made.push(role);
  }
  Object.assign(machine.properties, {
    StateMachineName: properties["Name"],
    StateMachineType: properties["Type"],
    LoggingConfiguration: properties["Logging"],
    TracingConfiguration: properties["Tracing"],
    Tags: tags,
  });
  const published = aliasOf(owner);
  made.push(...published);
  const target = given(properties["UseAliasAsEventTarget"]) ? (published[1] ?? machine) : machine;
  for (const { event, link } of events) {
    const context = {
      target: { resource: target, role: undefined, ownerId: id },
      link: { ...link, permissionsBoundary: properties["PermissionsBoundary"] },
    };
    made.push(...(stateMachineEvents[event.type]?.make(sam, event, context) ?? []));
  }
  propagateTags(made, properties["Tags"], properties["PropagateTags"]);
  return made;
}

function definitionOf({ id, properties }: SamResource): Dict {
  const { Definition: definition, DefinitionUri: uri, DefinitionSubstitutions: own } = properties;
  const substitutions = given(own) ? { DefinitionSubstitutions: own } : {};
  if (given(definition) && given(uri)) {
    throw new InvalidResource(id, "Specify either 'Definition' or 'DefinitionUri' property and not both.");
  }
  if (given(definition)) {
    const { document, values } = extractSubstitutions(definition);
    const lines = indentedJson(document).split("\n");
    const all = { ...(given(own) && isDict(own) ? own : {}), ...values };
    return {
      ...(Object.keys(values).length > 0 ? { DefinitionSubstitutions: all } : substitutions),
      DefinitionString: join("\n", lines),
    };
  }
  if (given(uri)) return { ...substitutions, DefinitionS3Location: definitionLocation(id, uri) };
  throw new InvalidResource(id, "Either 'Definition' or 'DefinitionUri' property must be specified.");
}

function roleOf(
  { partition }: Sam,
  { id, properties, shared }: SamResource,
  tags: readonly Dict[],
): Resource {
  const policies = properties["Policies"];
  const list: unknown[] = given(policies) ? (Array.isArray(policies) ? [...policies] : [policies]) : [];
  const tracing = properties["Tracing"];
  if (isDict(tracing) && tracing["Enabled"] === true) list.push(xrayPolicyName(partition));
  return executionRole({
    ownerId: id,
    attributes: shared,
    assumeRolePolicy: assumeRolePolicy("states.amazonaws.com"),
    policies: list,
    path: properties["RolePath"],
    permissionsBoundary: properties["PermissionsBoundary"],
    tags,
    partition,
  });
}

/** A version and the alias that follows it. */
function aliasOf({ id, properties, shared }: SamResource): Resource[] {
  const { AutoPublishAlias: name, DeploymentPreference: preference } = properties;
  if (!given(name)) {
    for (const each of ["UseAliasAsEventTarget", "DeploymentPreference"]) {
      if (given(properties[each])) {
        throw new InvalidResource(id, `'${each}' requires 'AutoPublishAlias' property to be specified.`);
      }
    }
    return [];
  }
  const version = new Resource(`${id}Version`, "AWS::StepFunctions::StateMachineVersion", {
    attributes: { DeletionPolicy: "Retain", UpdateReplacePolicy: "Retain", ...shared },
    properties: { StateMachineArn: ref(id), StateMachineRevisionId: getAtt(id, "StateMachineRevisionId") },
  });
  const deployment = given(preference) ? (preference as Dict) : { Type: "ALL_AT_ONCE" };
  const alias = new Resource(`${id}Alias${shown(name)}`, "AWS::StepFunctions::StateMachineAlias", {
    attributes: shared,
    properties: {
      Name: name,
      DeploymentPreference: { ...deployment, StateMachineVersionArn: arnOf(version) },
    },
  });
  return [version, alias];
}
