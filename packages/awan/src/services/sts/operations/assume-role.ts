/** AssumeRole and its federated forms. A role that IAM does not know may be assumed too: CDK's bootstrap roles need not exist. */
import { createHash } from "node:crypto";
import type { Call } from "../../../host/call.ts";
import { type Answer, Perform } from "../../../host/service.ts";
import { parseArn } from "../../../kernel/arn.ts";
import { AwsError } from "../../../kernel/errors.ts";
import type { Input, Output } from "../client.ts";
import { chainedSecondsMax, roleSecondsDefault } from "../limits.ts";
import { findSession, openSession, transitiveTags } from "../session.ts";

interface Assumed {
  readonly roleArn: string;
  readonly sessionName: string;
  readonly seconds: number;
  readonly policy?: string | undefined;
  readonly policyArns?: readonly { readonly arn?: string | undefined }[] | undefined;
  readonly tags?: Readonly<Record<string, string>>;
  readonly transitiveTagKeys?: readonly string[];
}

interface AssumedRole {
  readonly accountId: string;
  readonly roleName: string;
  readonly roleId: string;
}

const validation = (message: string): AwsError => new AwsError("ValidationError", message);

function roleOf(call: Call, roleArn: string, seconds: number): AssumedRole {
  const arn = parseArn(roleArn);
  if (
    arn === undefined ||
    arn.service !== "iam" ||
    !/^\d{12}$/.test(arn.accountId) ||
    !arn.resource.startsWith("role/")
  ) {
    throw validation(`${roleArn} is invalid`);
  }
  const roleName = arn.resource.slice(arn.resource.lastIndexOf("/") + 1);
  const role = call.ports.iam.role(call.in({ accountId: arn.accountId }), roleName);
  if (role !== undefined && seconds > role.sessionSecondsMax) {
    throw validation("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
  }
  return { accountId: arn.accountId, roleName, roleId: role?.roleId ?? madeUpId(roleArn) };
}

/** The id of a role that exists nowhere: the same for every session of it. */
function madeUpId(roleArn: string): string {
  const digest = createHash("sha256").update(roleArn).digest();
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  return `AROA${[...digest.subarray(0, 17)].map((byte) => alphabet.charAt(byte & 31)).join("")}`;
}

/** Opens a session of the role; whoever calls has decided that it may be. */
export function assume(call: Call, assumed: Assumed, isLimitedByRole = true) {
  if (assumed.policy !== undefined) checkPolicy(assumed.policy);
  const { accountId, roleName, roleId } = roleOf(
    call,
    assumed.roleArn,
    isLimitedByRole ? assumed.seconds : 0,
  );
  const userId = `${roleId}:${assumed.sessionName}`;
  const arn = `arn:aws:sts::${accountId}:assumed-role/${roleName}/${assumed.sessionName}`;
  const Credentials = openSession(call, {
    principal: { kind: "role", arn, accountId },
    userId,
    seconds: assumed.seconds,
    policy: assumed.policy,
    policyArns: (assumed.policyArns ?? []).map(({ arn: policyArn }) => policyArn ?? ""),
    tags: assumed.tags ?? {},
    transitiveTagKeys: assumed.transitiveTagKeys ?? [],
  });
  return {
    Credentials,
    AssumedRoleUser: { AssumedRoleId: userId, Arn: arn },
    PackedPolicySize: packedSize(assumed),
  };
}

function checkPolicy(policy: string): void {
  try {
    JSON.parse(policy);
  } catch {
    throw new AwsError("MalformedPolicyDocumentException", "This policy contains invalid Json");
  }
}

/** Percent of the packed limit; AWS does not say how it packs, so this only grows with what is given. */
function packedSize(assumed: Assumed): number | undefined {
  const sizeBytes = (assumed.policy ?? "").length + JSON.stringify(assumed.tags ?? {}).length - 2;
  return sizeBytes === 0 ? undefined : Math.min(100, Math.ceil(sizeBytes / 40));
}

const tagsOf = (
  tags: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[] | undefined,
) => Object.fromEntries((tags ?? []).map(({ Key, Value }) => [Key ?? "", Value ?? ""]));

/** What CDK's bootstrap roles are called, in every account and region. */
const cdkRole = /^arn:[^:]+:iam::\d{12}:role\/(?:.*\/)?cdk-hnb659fds-.*-role-(\d{12})-([a-z0-9-]+)$/;

/** CDK at work announces itself by its roles: what its bootstrap would have made is there before it goes on. */
export function assumeRole(call: Call, input: Input<"AssumeRole">): Answer<Output<"AssumeRole">> {
  const output = assumedRole(call, input);
  const cdk = cdkRole.exec(input.RoleArn);
  if (cdk === null) return output;
  return new Perform("cloudformation.seed-cdk", { accountId: cdk[1], region: cdk[2] }, () => output);
}

function assumedRole(call: Call, input: Input<"AssumeRole">): Output<"AssumeRole"> {
  const seconds = input.DurationSeconds ?? roleSecondsDefault;
  const caller =
    call.principal.accessKeyId === undefined ? undefined : findSession(call, call.principal.accessKeyId);
  const inherited = transitiveTags(caller);
  checkTags(input, inherited);
  if (caller?.principal.kind === "role" && seconds > chainedSecondsMax) {
    throw validation(
      "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
    );
  }
  return {
    ...assume(call, {
      roleArn: input.RoleArn,
      sessionName: input.RoleSessionName,
      seconds,
      policy: input.Policy,
      policyArns: input.PolicyArns,
      tags: { ...inherited, ...tagsOf(input.Tags) },
      transitiveTagKeys: [...Object.keys(inherited), ...(input.TransitiveTagKeys ?? [])],
    }),
    SourceIdentity: input.SourceIdentity,
  };
}

const invalidTags = (message: string): AwsError => new AwsError("InvalidParameterValue", message);

/** Session tags: no key twice whatever its case, transitive ones named among them, none of the caller's transitive ones. */
function checkTags(input: Input<"AssumeRole">, inherited: Readonly<Record<string, string>>): void {
  const keys = (input.Tags ?? []).map(({ Key }) => (Key ?? "").toLowerCase());
  if (new Set(keys).size !== keys.length) {
    throw invalidTags("Duplicate tag keys found. Please note that Tag keys are case insensitive.");
  }
  if ((input.TransitiveTagKeys ?? []).some((key) => !keys.includes(key.toLowerCase()))) {
    throw invalidTags("The specified transitive tag key must be included in the requested tags.");
  }
  if (Object.keys(inherited).some((key) => keys.includes(key.toLowerCase()))) {
    throw invalidTags(
      "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
    );
  }
}

export function assumeRoleWithWebIdentity(
  call: Call,
  input: Input<"AssumeRoleWithWebIdentity">,
): Output<"AssumeRoleWithWebIdentity"> {
  const claims = claimsOf(input.WebIdentityToken);
  const audience = claims["aud"];
  return {
    ...assume(call, {
      roleArn: input.RoleArn,
      sessionName: input.RoleSessionName,
      seconds: input.DurationSeconds ?? roleSecondsDefault,
      policy: input.Policy,
      policyArns: input.PolicyArns,
    }),
    SubjectFromWebIdentityToken: textOf(claims["sub"]),
    Audience: textOf(Array.isArray(audience) ? audience[0] : audience),
    Provider: input.ProviderId ?? textOf(claims["iss"]),
  };
}

const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

/** The claims of a token, which is not verified; opaque tokens (Login with Amazon) have none. */
function claimsOf(token: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as Record<
      string,
      unknown
    >;
  } catch {
    return {};
  }
}

export function assumeRoleWithSaml(
  call: Call,
  input: Input<"AssumeRoleWithSAML">,
): Output<"AssumeRoleWithSAML"> {
  const assertion = Buffer.from(input.SAMLAssertion, "base64").toString();
  const attribute = (name: string): string | undefined =>
    new RegExp(
      `Name="https://aws.amazon.com/SAML/Attributes/${name}"[^>]*>\\s*<[^>]*AttributeValue[^>]*>([^<]*)<`,
    ).exec(assertion)?.[1];
  const sessionName = attribute("RoleSessionName");
  if (sessionName === undefined) {
    throw new AwsError(
      "InvalidIdentityToken",
      "Invalid base64 SAMLResponse (Service: AWSSecurityTokenService)",
    );
  }
  const element = (name: string): string | undefined =>
    new RegExp(`<(?:\\w+:)?${name}[^>]*>([^<]*)<`).exec(assertion)?.[1];
  const issuer = element("Issuer");
  const subject = element("NameID");
  return {
    ...assume(call, {
      roleArn: input.RoleArn,
      sessionName,
      seconds: input.DurationSeconds ?? Number(attribute("SessionDuration") ?? roleSecondsDefault),
      policy: input.Policy,
      policyArns: input.PolicyArns,
    }),
    Subject: subject,
    SubjectType: /NameID[^>]*Format="[^"]*:([^":]+)"/.exec(assertion)?.[1],
    Issuer: issuer,
    Audience: element("Audience") ?? /Recipient="([^"]+)"/.exec(assertion)?.[1],
    NameQualifier: createHash("sha1")
      .update(
        `${issuer ?? ""}${parseArn(input.PrincipalArn)?.accountId ?? ""}/${input.PrincipalArn.split("/").at(-1)}`,
      )
      .digest("base64"),
  };
}
