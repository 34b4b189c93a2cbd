/** Mobile push: platform applications and their endpoints. What is published to one ends in the mailbox. */
import type { Call } from "../../../host/call.ts";
import type { Input, Output } from "../../../model/operations.ts";
import {
  applicationDoesNotExist,
  endpointDoesNotExist,
  invalidParameter,
  memberMustNotBeNull,
} from "../errors.ts";
import {
  endpointsByToken,
  type PlatformApplicationRow,
  platformApplications,
  type PlatformEndpointRow,
  platformEndpoints,
  type Texts,
} from "../keys.ts";
import { customUserDataBytesMax, listPageSize, platformNameLengthMax } from "../limits.ts";
import { pageAfter, pageToken } from "../paging.ts";
import type { Sns } from "../sdk.ts";
import { checkedArn, topicArn } from "../topic.ts";

const platforms = new Set([
  "ADM",
  "APNS",
  "APNS_SANDBOX",
  "APNS_VOIP",
  "APNS_VOIP_SANDBOX",
  "BAIDU",
  "FCM",
  "GCM",
  "MACOS",
  "MACOS_SANDBOX",
  "MPNS",
  "WNS",
]);
/** Never shown again. */
const secrets = new Set(["PlatformPrincipal", "PlatformCredential"]);

const applicationArn = (call: Call, { platform, name }: PlatformApplicationRow): string =>
  topicArn(call, `app/${platform}/${name}`);
const endpointArn = (call: Call, { platform, application, id }: PlatformEndpointRow): string =>
  topicArn(call, `endpoint/${platform}/${application}/${id}`);

const shown = (attributes: Texts): Record<string, string> =>
  Object.fromEntries(Object.entries(attributes).filter(([name]) => !secrets.has(name)));

interface FoundApplication {
  readonly call: Call;
  readonly application: PlatformApplicationRow;
}

function findApplication(caller: Call, arn: string | undefined): FoundApplication | undefined {
  const parts = checkedArn("PlatformApplicationArn", arn);
  const [kind, platform, name] = parts.resource.split("/");
  if (kind !== "app" || platform === undefined || name === undefined) {
    throw invalidParameter(
      "PlatformApplicationArn Reason: Wrong number of slashes in relative portion of the ARN.",
    );
  }
  const call = caller.in({ accountId: parts.accountId, region: parts.region });
  const application = platformApplications.get(call.tx, [platform, name]);
  return application === undefined ? undefined : { call, application };
}

function applicationAt(caller: Call, arn: string | undefined): FoundApplication {
  const found = findApplication(caller, arn);
  if (found === undefined) throw applicationDoesNotExist();
  return found;
}

export function createPlatformApplication(
  call: Call,
  input: Input<Sns, "CreatePlatformApplication">,
): Output<Sns, "CreatePlatformApplication"> {
  const { Name: name, Platform: platform } = input;
  const given = input.Attributes as Texts | undefined;
  if (given === undefined || Object.keys(given).length === 0) throw memberMustNotBeNull("attributes");
  checkApplicationName(name);
  if (!platforms.has(platform)) throw invalidParameter(`Platform Reason: ${platform} is not supported`);
  const [principal, credential] = [given["PlatformPrincipal"], given["PlatformCredential"]];
  const needsPrincipal = platform !== "GCM" && platform !== "FCM" && !platform.startsWith("APNS");
  if (principal !== undefined && credential === undefined) {
    throw invalidParameter(
      "Attributes Reason: PlatformPrincipal attribute provided without PlatformCredential",
    );
  }
  if (credential !== undefined && principal === undefined && needsPrincipal) {
    throw invalidParameter(
      "Attributes Reason: PlatformCredential attribute provided without PlatformPrincipal",
    );
  }
  const attributes = { Enabled: "true", ...given };
  const application: PlatformApplicationRow = { platform, name, attributes };
  platformApplications.set(call.tx, [platform, name], application);
  return { PlatformApplicationArn: applicationArn(call, application) };
}

function checkApplicationName(name: string): void {
  if (name === "") throw invalidParameter(" Reason: cannot be empty");
  if (name.length > platformNameLengthMax) {
    throw invalidParameter(`${name} Reason: must be at most 256 characters long`);
  }
  if (!/^[\w.-]+$/.test(name)) {
    throw invalidParameter(
      `${name} Reason: must contain only characters 'a'-'z', 'A'-'Z', '0'-'9', '_', '-', and '.'`,
    );
  }
}

export function getPlatformApplicationAttributes(
  caller: Call,
  input: Input<Sns, "GetPlatformApplicationAttributes">,
): Output<Sns, "GetPlatformApplicationAttributes"> {
  const { application } = applicationAt(caller, input.PlatformApplicationArn);
  return { Attributes: shown(application.attributes) };
}

export function setPlatformApplicationAttributes(
  caller: Call,
  input: Input<Sns, "SetPlatformApplicationAttributes">,
): void {
  const given = input.Attributes as Texts | undefined;
  checkedArn("PlatformApplicationArn", input.PlatformApplicationArn);
  if (given === undefined || Object.keys(given).length === 0) throw memberMustNotBeNull("attributes");
  const { call, application } = applicationAt(caller, input.PlatformApplicationArn);
  const attributes = { ...application.attributes, ...given };
  platformApplications.set(call.tx, [application.platform, application.name], { ...application, attributes });
}

export function deletePlatformApplication(
  caller: Call,
  input: Input<Sns, "DeletePlatformApplication">,
): void {
  const found = findApplication(caller, input.PlatformApplicationArn);
  if (found === undefined) return;
  const { call, application } = found;
  const key = [application.platform, application.name] as const;
  for (const { value } of platformEndpoints.scan(call.tx, key)) {
    platformEndpoints.delete(call.tx, [...key, value.id]);
    endpointsByToken.delete(call.tx, [...key, value.attributes["Token"] ?? ""]);
  }
  platformApplications.delete(call.tx, [...key]);
}

export function listPlatformApplications(
  call: Call,
  input: Input<Sns, "ListPlatformApplications">,
): Output<Sns, "ListPlatformApplications"> {
  const after = pageAfter(input.NextToken)?.split("/");
  const found: { PlatformApplicationArn: string; Attributes: Record<string, string> }[] = [];
  let last = "";
  for (const { value } of platformApplications.scan(call.tx, [], after === undefined ? {} : { after })) {
    if (found.length === listPageSize) return { PlatformApplications: found, NextToken: pageToken(last) };
    found.push({ PlatformApplicationArn: applicationArn(call, value), Attributes: shown(value.attributes) });
    last = `${value.platform}/${value.name}`;
  }
  return { PlatformApplications: found };
}

const endpointAttributes = new Set(["CustomUserData", "Enabled", "Token"]);

function checkEndpointAttributes(given: Texts): void {
  for (const [name, value] of Object.entries(given)) {
    if (!endpointAttributes.has(name)) {
      throw invalidParameter(`Attributes Reason: Invalid attribute name: ${name}`);
    }
    if (name === "CustomUserData") checkUserData(value, "Attributes Reason: Invalid value for attribute: ");
  }
}

function checkUserData(value: string, prefix: string): void {
  if (Buffer.byteLength(value) > customUserDataBytesMax) {
    throw invalidParameter(`${prefix}CustomUserData: must be at most 2048 bytes long in UTF-8 encoding`);
  }
}

export function createPlatformEndpoint(
  caller: Call,
  input: Input<Sns, "CreatePlatformEndpoint">,
): Output<Sns, "CreatePlatformEndpoint"> {
  const { call, application } = applicationAt(caller, input.PlatformApplicationArn);
  const given = (input.Attributes ?? {}) as Texts;
  checkEndpointAttributes(given);
  const token = input.Token as string | undefined;
  if (token === undefined || token === "") throw invalidParameter("Token Reason: cannot be empty");
  const data = input.CustomUserData;
  if (data !== undefined) checkUserData(data, "");
  const attributes: Texts = {
    Enabled: "true",
    ...(data === undefined ? {} : { CustomUserData: data }),
    ...given,
    Token: token,
  };
  const key = [application.platform, application.name] as const;
  const existingId = endpointsByToken.get(call.tx, [...key, token]);
  const existing =
    existingId === undefined ? undefined : platformEndpoints.get(call.tx, [...key, existingId]);
  if (existing !== undefined) {
    const same = Object.entries(attributes).every(([name, value]) => existing.attributes[name] === value);
    const arn = endpointArn(call, existing);
    if (same) return { EndpointArn: arn };
    throw invalidParameter(
      `Token Reason: Endpoint ${arn} already exists with the same Token, but different attributes.`,
    );
  }
  const endpoint: PlatformEndpointRow = {
    id: call.random.uuid(),
    platform: application.platform,
    application: application.name,
    attributes,
  };
  platformEndpoints.set(call.tx, [...key, endpoint.id], endpoint);
  endpointsByToken.set(call.tx, [...key, token], endpoint.id);
  return { EndpointArn: endpointArn(call, endpoint) };
}

interface FoundEndpoint {
  readonly call: Call;
  readonly endpoint: PlatformEndpointRow;
}

function findEndpoint(caller: Call, arn: string | undefined): FoundEndpoint | undefined {
  const parts = checkedArn("EndpointArn", arn);
  const [kind, platform, application, id, more] = parts.resource.split("/");
  if (
    kind !== "endpoint" ||
    platform === undefined ||
    application === undefined ||
    id === undefined ||
    more !== undefined
  ) {
    throw invalidParameter("EndpointArn Reason: Wrong number of slashes in relative portion of the ARN.");
  }
  const call = caller.in({ accountId: parts.accountId, region: parts.region });
  const endpoint = platformEndpoints.get(call.tx, [platform, application, id]);
  return endpoint === undefined ? undefined : { call, endpoint };
}

export function deleteEndpoint(caller: Call, input: Input<Sns, "DeleteEndpoint">): void {
  const found = findEndpoint(caller, input.EndpointArn);
  if (found === undefined) return;
  const { call, endpoint } = found;
  platformEndpoints.delete(call.tx, [endpoint.platform, endpoint.application, endpoint.id]);
  endpointsByToken.delete(call.tx, [
    endpoint.platform,
    endpoint.application,
    endpoint.attributes["Token"] ?? "",
  ]);
}

export function getEndpointAttributes(
  caller: Call,
  input: Input<Sns, "GetEndpointAttributes">,
): Output<Sns, "GetEndpointAttributes"> {
  const found = findEndpoint(caller, input.EndpointArn);
  if (found === undefined) throw endpointDoesNotExist();
  return { Attributes: found.endpoint.attributes };
}

export function setEndpointAttributes(caller: Call, input: Input<Sns, "SetEndpointAttributes">): void {
  const given = input.Attributes as Texts | undefined;
  if (given === undefined || Object.keys(given).length === 0) throw memberMustNotBeNull("attributes");
  const found = findEndpoint(caller, input.EndpointArn);
  if (found === undefined) throw endpointDoesNotExist();
  checkEndpointAttributes(given);
  const { call, endpoint } = found;
  const { platform, application, id } = endpoint;
  const attributes = { ...endpoint.attributes, ...given };
  platformEndpoints.set(call.tx, [platform, application, id], { ...endpoint, attributes });
  endpointsByToken.delete(call.tx, [platform, application, endpoint.attributes["Token"] ?? ""]);
  endpointsByToken.set(call.tx, [platform, application, attributes["Token"] ?? ""], id);
}

export function listEndpointsByPlatformApplication(
  caller: Call,
  input: Input<Sns, "ListEndpointsByPlatformApplication">,
): Output<Sns, "ListEndpointsByPlatformApplication"> {
  const { call, application } = applicationAt(caller, input.PlatformApplicationArn);
  const after = pageAfter(input.NextToken);
  const found: { EndpointArn: string; Attributes: Record<string, string> }[] = [];
  let last = "";
  const key = [application.platform, application.name];
  for (const { value } of platformEndpoints.scan(
    call.tx,
    key,
    after === undefined ? {} : { after: [after] },
  )) {
    if (found.length === listPageSize) return { Endpoints: found, NextToken: pageToken(last) };
    found.push({ EndpointArn: endpointArn(call, value), Attributes: { ...value.attributes } });
    last = value.id;
  }
  return { Endpoints: found };
}
