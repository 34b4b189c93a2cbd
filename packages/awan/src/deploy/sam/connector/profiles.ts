/** The profiles of connectors, read from their lines, and the outputs of each type that they speak of. */
import { type Dict, isDict } from "../../template/value.ts";
import { InvalidResource } from "../errors.ts";
import { connectorLines } from "./profile-lines.ts";

export interface Profile {
  readonly type: "role" | "queue" | "topic" | "function";
  /** Whether the policy is the source's; otherwise it is the destination's. */
  readonly sourcePolicy: boolean;
  /** Who must wait for the policy. */
  readonly dependedBy: "source" | "mapping" | undefined;
  readonly combinations: readonly (readonly string[])[] | undefined;
  /** By permission: statements, or a function's permission. */
  readonly access: Readonly<Record<string, Dict>>;
}

const unfold = (text: string): string =>
  text.replace(/^~/, "arn:${AWS::Partition}:").replaceAll("@", "${AWS::Region}:${AWS::AccountId}");

const variables: readonly (readonly [short: string, variable: string])[] = [
  ["<to>", "%{Destination.Arn}"],
  ["<from>", "%{Source.Arn}"],
  ["<name>", "%{Destination.Name}"],
  ["<id>", "%{Source.ResourceId}"],
  ["<qualifier>", "%{Source.Qualifier}"],
];

const spelledOut = (text: string): string =>
  variables.reduce((result, [short, variable]) => result.replaceAll(short, variable), unfold(text));

let table: Map<string, Profile> | undefined;

export function profileOf(from: string, to: string): Profile | undefined {
  table ??= readTable();
  return table.get(`${from} -> ${to}`);
}

function readTable(): Map<string, Profile> {
  const profiles = new Map<string, Profile>();
  for (const block of connectorLines.trim().split(/\n(?=\S)/)) {
    const [head = "", ...lines] = block.split(/\n {2}(?! )/);
    const [, from, to, kind = "", before, only] =
      /^(\S+) -> (\S+): ([^,]+)(?:, before (\w+))?(?:, only (.+))?$/.exec(head) ?? [];
    const access: Record<string, Dict> = {};
    for (const line of lines) {
      const [, name = "", text = ""] = /^(\w+): (.*)$/s.exec(line) ?? [];
      addAccess(access, name, text.split(/\s+/).join(" "));
    }
    profiles.set(`AWS::${from} -> AWS::${to}`, {
      type: kind.split(" ")[0] as Profile["type"],
      sourcePolicy: kind === "role of source",
      dependedBy: before as Profile["dependedBy"],
      combinations: only?.split(" or ").map((each) => each.split("+")),
      access,
    });
  }
  return profiles;
}

function addAccess(access: Record<string, Dict>, name: string, text: string): void {
  const [, action, principal, source, account] = /^(\S+) by (\S+) from (\S+)(?: of (\S+))?$/.exec(text) ?? [];
  if (action !== undefined) {
    access[name] = {
      Action: action,
      Principal: principal,
      SourceArn: spelledOut(source ?? ""),
      ...(account === undefined ? {} : { SourceAccount: "${AWS::AccountId}" }),
    };
    return;
  }
  const statements = (access[name]?.["Statement"] ?? []) as Dict[];
  access[name] = { Statement: [...statements, statementOf(text)] };
}

function statementOf(text: string): Dict {
  const [, sent, service] = /^(\S+) by (\S+)$/.exec(text) ?? [];
  if (sent !== undefined) {
    return {
      Effect: "Allow",
      Principal: { Service: service },
      Resource: "%{Destination.Arn}",
      Action: sent,
      Condition: { ArnEquals: { "aws:SourceArn": "%{Source.Arn}" } },
    };
  }
  const [actions = "", resources = ""] = text.split(" on ");
  return { Effect: "Allow", Action: actions.split(" "), Resource: resources.split(" ").map(spelledOut) };
}

/** `%{Name}` in texts replaced: the whole of a text by the value itself, a part of it through `Fn::Sub`. */
export function replaceVariables(
  connectorId: string,
  value: unknown,
  values: Readonly<Record<string, unknown>>,
): unknown {
  if (Array.isArray(value)) return value.map((item) => replaceVariables(connectorId, item, values));
  if (isDict(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [key, replaceVariables(connectorId, member, values)]),
    );
  }
  return typeof value === "string" ? replaceIn(connectorId, value, values) : value;
}

function replaceIn(connectorId: string, text: string, values: Readonly<Record<string, unknown>>): unknown {
  let result = text;
  const used: Dict = {};
  for (const [name, value] of Object.entries(values)) {
    const pattern = `%{${name}}`;
    if (!result.includes(pattern)) continue;
    if (value === undefined || value === null) throw new InvalidResource(connectorId, `${name} is missing.`);
    if (result === pattern) return value;
    const variable = name.replaceAll(/[^A-Za-z0-9]/g, "");
    result = result.replaceAll(pattern, `\${${variable}}`);
    used[variable] = value;
  }
  if (!/\$\{.+\}/.test(result)) return result;
  return { "Fn::Sub": Object.keys(used).length > 0 ? [result, used] : result };
}

interface Endpoint {
  /** The property with the role; of rules, that of the target. */
  readonly role?: string;
  readonly outputs: Dict;
}

const byRef = { Ref: "%{logicalId}" };
const attribute = (name: string): Dict => ({ "Fn::GetAtt": ["%{logicalId}", name] });
const withArn: Endpoint = { outputs: { Arn: attribute("Arn") } };
const api: Endpoint = { outputs: { Arn: attribute("Arn"), Qualifier: "*", Id: byRef } };

const endpoints: Readonly<Record<string, Endpoint>> = {
  "AWS::Lambda::Function": { role: "Role", ...withArn },
  "AWS::StepFunctions::StateMachine": { role: "RoleArn", outputs: { Arn: byRef, Name: attribute("Name") } },
  "AWS::AppSync::GraphQLApi": { outputs: { Id: attribute("ApiId"), Arn: byRef } },
  "AWS::AppSync::DataSource": { role: "ServiceRoleArn", outputs: { Arn: byRef } },
  "AWS::Events::Rule": { role: "Targets.RoleArn", ...withArn },
  "AWS::SQS::Queue": { outputs: { Arn: attribute("Arn"), Url: byRef } },
  "AWS::SNS::Topic": { outputs: { Arn: byRef } },
  "AWS::DynamoDB::Table": withArn,
  "AWS::S3::Bucket": withArn,
  "AWS::Location::PlaceIndex": withArn,
  "AWS::ApiGatewayV2::Api": api,
  "AWS::ApiGateway::RestApi": api,
  "AWS::Events::EventBus": withArn,
};

export const endpointOf = (type: string): Endpoint | undefined => endpoints[type];
