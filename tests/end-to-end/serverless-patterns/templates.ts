/** The CloudFormation and SAM templates of a checkout, and values for parameters that their users are asked for. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseTemplate } from "../../../packages/awan/src/deploy/template/parse.ts";

type Dict = Readonly<Record<string, unknown>>;

export interface PatternTemplate {
  /** Below the checkout. */
  readonly path: string;
  /** Undefined when it cannot be read; then `problem` says why. */
  readonly template: Dict | undefined;
  readonly problem?: string;
}

const isDict = (value: unknown): value is Dict =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const looksLikeTemplate = (text: string): boolean =>
  /^\s*"?Resources"?\s*:/m.test(text) && /\bType"?\s*:\s*["']?AWS::[A-Za-z0-9]+::/.test(text);

/** Whether everything in it is CloudFormation's, and not a serverless.yml or a template to be filled in. */
const isTemplate = (value: Dict): boolean =>
  isDict(value["Resources"]) && !("service" in value) && !("provider" in value);

export function* templatesOf(checkout: string, part: string): Generator<PatternTemplate> {
  const paths = readdirSync(checkout, { recursive: true, encoding: "utf8" })
    .filter((path) => /\.(?:ya?ml|json|template)$/.test(path) && path.includes(part))
    .filter((path) => !/(?:^|\/)(?:node_modules|cdk\.out|\.git|\.github|\.aws-sam)\//.test(path));
  for (const path of paths.toSorted()) {
    const text = readFileSync(join(checkout, path), "utf8");
    if (!looksLikeTemplate(text)) continue;
    try {
      const template = parseTemplate(text);
      if (isTemplate(template)) yield { path, template };
    } catch (error) {
      yield { path, template: undefined, problem: (error as Error).message };
    }
  }
}

/** What a deployment can say of the network it is in. */
export interface Network {
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupId: string;
  readonly hostedZoneId: string;
  readonly secretArn: string;
}

const byName: readonly (readonly [RegExp, (network: Network) => string])[] = [
  [/subnet.*(?:s|ids|list)$/i, ({ subnetIds }) => subnetIds.join(",")],
  [/subnet/i, ({ subnetIds }) => subnetIds[0] ?? ""],
  [/vpc_?-?(?:id)?$/i, ({ vpcId }) => vpcId],
  [/security_?group/i, ({ securityGroupId }) => securityGroupId],
  [/secret_?arn/i, ({ secretArn }) => secretArn],
  [/path/i, () => "/some"],
  [/zone_?id/i, ({ hostedZoneId }) => hostedZoneId],
  [/e?mail|sender|recipient/i, () => "someone@example.com"],
  [/(?:bucket|table|queue|stack|cluster).*name|bucket/i, () => "some-name-for-a-pattern"],
  [/role_?arn/i, () => "arn:aws:iam::000000000000:role/some"],
  [/arn/i, () => "arn:aws:sqs:us-east-1:000000000000:some"],
  [/url|uri|endpoint/i, () => "https://example.com/some"],
  [/domain|host/i, () => "example.com"],
  [/cidr/i, () => "10.0.0.0/16"],
  [/phone/i, () => "+15555550100"],
  [/account/i, () => "000000000000"],
  [/region/i, () => "us-east-1"],
  [/password|secret|token/i, () => "Secret-12345678"],
];

const byType: readonly (readonly [RegExp, (network: Network) => string])[] = [
  [/^List<AWS::EC2::Subnet/, ({ subnetIds }) => subnetIds.join(",")],
  [/AWS::EC2::Subnet/, ({ subnetIds }) => subnetIds[0] ?? ""],
  [/AWS::EC2::VPC/, ({ vpcId }) => vpcId],
  [/AWS::EC2::SecurityGroup/, ({ securityGroupId }) => securityGroupId],
  [/AWS::EC2::Instance/, () => "i-0123456789abcdef0"],
  [/AWS::EC2::Volume/, () => "vol-0123456789abcdef0"],
  [/AWS::Route53::HostedZone/, ({ hostedZoneId }) => hostedZoneId],
  [/AWS::EC2::AvailabilityZone/, () => "us-east-1a,us-east-1b"],
];

const candidates =
  "some Some1 some-name 1 10 1234567890 123456789012 us-east-1 a@example.com example.com 10.0.0.0/16"
    .split(" ")
    .concat(
      "https://example.com/",
      "arn:aws:sns:us-east-1:000000000000:some",
      "Secret-12345678",
      "rate(1 hour)",
    );

/** Values of the parameters that have no default. */
export function parametersOf(template: Dict, network: Network): Record<string, string> {
  const declared = isDict(template["Parameters"]) ? template["Parameters"] : {};
  return Object.fromEntries(
    Object.entries(declared).flatMap(([name, definition]) =>
      isDict(definition) && !("Default" in definition) ? [[name, valueFor(name, definition, network)]] : [],
    ),
  );
}

function valueFor(name: string, definition: Dict, network: Network): string {
  const allowed = definition["AllowedValues"];
  if (Array.isArray(allowed)) return String(allowed[0]);
  if (/\b(?:blank|empty)\b/i.test(String(definition["Description"]))) return "";
  const type = String(definition["Type"]);
  if (/Number/.test(type)) return `${Number(definition["MinValue"] ?? definition["MaxValue"] ?? 1)}`;
  const typed = byType.find(([pattern]) => pattern.test(type));
  if (typed !== undefined) return typed[1](network);
  const named = byName.find(([pattern]) => pattern.test(name))?.[1](network);
  const { AllowedPattern: pattern, MinLength: least = 0, MaxLength: most = 10_000 } = definition;
  const fits = (value: string): boolean =>
    value.length >= Number(least) &&
    value.length <= Number(most) &&
    (typeof pattern !== "string" || matches(pattern, value));
  const long = "a1".repeat(Number(least));
  return [...(named === undefined ? [] : [named]), ...candidates, long].find(fits) ?? named ?? "some";
}

function matches(pattern: string, value: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`).test(value);
  } catch {
    return true;
  }
}
