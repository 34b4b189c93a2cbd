/** AWS::Serverless::Connector: the policies that let one resource use another, from a table of profiles. */
import { type Dict, isDict } from "../../template/value.ts";
import { InvalidResource } from "../errors.ts";
import { given } from "../python/text.ts";
import { Resource } from "../resource.ts";
import type { Sam, SamResource } from "../sam.ts";
import { dependOn, eventSourceMappings, replaceDependency } from "./dependencies.ts";
import { type Profile, profileOf, replaceVariables } from "./profiles.ts";
import { type Reference, referenceTo } from "./reference.ts";

export function transformConnector(sam: Sam, connector: SamResource): Resource[] {
  const { id, properties } = connector;
  const source = properties["Source"] as Dict;
  const wanted = properties["Destination"];
  const isList = Array.isArray(wanted);
  const destinations = (isList ? wanted : [wanted]) as Dict[];
  const made = destinations.flatMap((destination, index) => {
    const to = referenceTo(sam, id, { value: destination, other: source });
    const from = referenceTo(sam, id, { value: source, other: destination });
    const resources = resourcesOf(sam, connector, { from, to, suffix: isList ? `Destination${index}` : "" });
    for (const each of resources) addMetadata(sam, each, { id, from, to });
    return resources;
  });
  replaceDependency(
    sam,
    id,
    made.map((each) => each.id),
  );
  if (made.length === 0) throw new InvalidResource(id, "'Destination' is an empty list");
  return made;
}

interface Ends {
  readonly from: Reference;
  readonly to: Reference;
}

function resourcesOf(
  sam: Sam,
  connector: SamResource,
  { from, to, suffix }: Ends & { suffix: string },
): Resource[] {
  const { id, properties } = connector;
  const profile = profileOf(from.type, to.type);
  if (profile === undefined) {
    throw new InvalidResource(
      id,
      `Unable to create connector from ${from.type} to ${to.type}; it's not supported or the template is invalid.`,
    );
  }
  const wanted = properties["Permissions"] as string[] | Dict;
  const permissions = [...new Set(Array.isArray(wanted) ? wanted : Object.keys(wanted))];
  checkPermissions(id, { from, to, permissions, profile });
  const replaced = replaceVariables(id, profile, variablesOf({ from, to })) as Profile;
  const granted = Object.entries(replaced.access).filter(([name]) => permissions.includes(name));
  const statements = granted.flatMap(([, access]) => (access["Statement"] ?? []) as Dict[]);
  const document = { Version: "2012-10-17", Statement: statements };
  const side = replaced.sourcePolicy ? from : to;
  const missing = (what: string): InvalidResource =>
    new InvalidResource(
      id,
      `Unable to get ${what} from '${replaced.sourcePolicy ? "Source" : "Destination"}' resource.`,
    );
  const { dependsOn, attributes } = connector;
  const make = (name: string, type: string, own: Dict): Resource =>
    new Resource(id + name + suffix, type, { dependsOn, attributes, properties: own });
  switch (replaced.type) {
    case "role": {
      if (!given(side.roleName)) throw missing("IAM role name");
      const policy = make("Policy", "AWS::IAM::ManagedPolicy", {
        PolicyDocument: document,
        Roles: [side.roleName],
      });
      addDependencies(sam, policy, { profile: replaced, from, to });
      return [policy];
    }
    case "queue":
      if (!given(side.queueUrl)) throw missing("SQS queue URL");
      return [
        make("QueuePolicy", "AWS::SQS::QueuePolicy", { PolicyDocument: document, Queues: [side.queueUrl] }),
      ];
    case "topic":
      if (!given(side.arn)) throw missing("SNS topic ARN");
      return [make("TopicPolicy", "AWS::SNS::TopicPolicy", { Topics: [side.arn], PolicyDocument: document })];
    default:
      if (!given(side.arn)) throw missing("Lambda function ARN");
      return granted.map(([name, access]) =>
        make(`${name}LambdaPermission`, "AWS::Lambda::Permission", {
          Action: access["Action"],
          FunctionName: side.arn,
          Principal: access["Principal"],
          SourceArn: access["SourceArn"],
          SourceAccount: access["SourceAccount"],
        }),
      );
  }
}

function checkPermissions(
  id: string,
  { from, to, permissions, profile }: Ends & { permissions: readonly string[]; profile: Profile },
): void {
  const names = Object.keys(profile.access);
  if (permissions.length === 0) {
    throw new InvalidResource(id, `'Permissions' cannot be empty; valid values are: ${names.join(", ")}.`);
  }
  const refuse = (valid: string): never => {
    throw new InvalidResource(
      id,
      `Unsupported 'Permissions' provided for connector from ${from.type} to ${to.type}; valid ${valid}.`,
    );
  };
  if (!permissions.every((name) => names.includes(name))) refuse(`values are: ${names.join(", ")}`);
  const combinations = profile.combinations?.map((each) => each.toSorted().join(" + "));
  if (combinations !== undefined && !combinations.includes(permissions.toSorted().join(" + "))) {
    refuse(`combinations are: ${combinations.join(", ")}`);
  }
}

const variablesOf = ({ from, to }: Ends): Readonly<Record<string, unknown>> => ({
  "Source.Arn": from.arn,
  "Destination.Arn": to.arn,
  "Source.ResourceId": from.resourceId,
  "Destination.ResourceId": to.resourceId,
  "Source.Name": from.name,
  "Destination.Name": to.name,
  "Source.Qualifier": from.qualifier,
  "Destination.Qualifier": to.qualifier,
});

function addDependencies(
  sam: Sam,
  policy: Resource,
  { profile, from, to }: Ends & { profile: Profile },
): void {
  if (profile.dependedBy === "mapping" && from.id !== undefined && to.id !== undefined) {
    const [mapping, ...others] = eventSourceMappings(sam, { sourceId: from.id, functionId: to.id });
    if (mapping !== undefined && others.length === 0) dependOn(sam, mapping, policy.id);
  }
  if (profile.dependedBy === "source" && from.id !== undefined) dependOn(sam, from.id, policy.id);
}

/** Says which connector a resource is of, with the types the author wrote. */
function addMetadata(sam: Sam, resource: Resource, { id, from, to }: Ends & { id: string }): void {
  const typeOf = ({ id: ownId, type }: Reference): unknown => {
    const own = ownId === undefined ? undefined : sam.resources[ownId]?.["Type"];
    return own ?? type;
  };
  const metadata = resource.attributes["Metadata"];
  resource.attributes["Metadata"] = {
    ...(isDict(metadata) ? metadata : {}),
    "aws:sam:connectors": { [id]: { Source: { Type: typeOf(from) }, Destination: { Type: typeOf(to) } } },
  };
}
