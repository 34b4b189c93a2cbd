/** Identity providers: OpenID Connect and SAML, stored as given. */
import type { Call } from "../../../host/call.ts";
import type { Input, Output } from "../client.ts";
import { globally, tagList, tagsFrom } from "../entity.ts";
import { alreadyExists, invalidInput, limitExceeded, noSuchEntity, validationError } from "../errors.ts";
import { type OidcProviderRow, oidcProviders, type SamlProviderRow, samlProviders } from "../keys.ts";

const seconds = (ms: number): number => Math.floor(ms / 1000) * 1000;
/** A documented quota: audiences of one provider. */
const clientIdsMax = 100;

export function findOidc(call: Call, arn: string): OidcProviderRow {
  const row = oidcProviders.get(call.tx, [arn]);
  if (row === undefined) throw noSuchEntity(`OpenIDConnect Provider not found for arn ${arn}`);
  return row;
}

export function createOpenIDConnectProvider(
  original: Call,
  input: Input<"CreateOpenIDConnectProvider">,
): Output<"CreateOpenIDConnectProvider"> {
  const call = globally(original);
  if (!/^https:\/\/[^/\s]+/.test(input.Url)) throw validationError("Invalid Open ID Connect Provider URL");
  const url = input.Url.replace(/^https:\/\//, "").replace(/\?.*$/, "");
  const arn = `arn:${call.partition}:iam::${call.accountId}:oidc-provider/${url}`;
  if (oidcProviders.has(call.tx, [arn]))
    throw alreadyExists(`Provider with url ${input.Url} already exists.`);
  const clientIds = input.ClientIDList ?? [];
  if (clientIds.length > clientIdsMax)
    throw limitExceeded(`Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: ${clientIdsMax}`);
  const tags = tagsFrom(input.Tags);
  oidcProviders.set(call.tx, [arn], {
    url,
    clientIds,
    thumbprints: input.ThumbprintList ?? [],
    createdAtMs: seconds(call.nowMs),
    tags,
  });
  return { OpenIDConnectProviderArn: arn, Tags: tagList(tags) };
}

export function getOpenIDConnectProvider(
  original: Call,
  input: Input<"GetOpenIDConnectProvider">,
): Output<"GetOpenIDConnectProvider"> {
  const row = findOidc(globally(original), input.OpenIDConnectProviderArn);
  return {
    Url: row.url,
    ClientIDList: [...row.clientIds],
    ThumbprintList: [...row.thumbprints],
    CreateDate: new Date(row.createdAtMs),
    Tags: tagList(row.tags),
  };
}

export function listOpenIDConnectProviders(original: Call): Output<"ListOpenIDConnectProviders"> {
  const rows = [...oidcProviders.scan(globally(original).tx, [])];
  return { OpenIDConnectProviderList: rows.map(({ key }) => ({ Arn: key[0] })) };
}

function changeOidc(
  original: Call,
  arn: string,
  change: (row: OidcProviderRow) => Partial<OidcProviderRow>,
): void {
  const call = globally(original);
  const row = findOidc(call, arn);
  oidcProviders.set(call.tx, [arn], { ...row, ...change(row) });
}

export function addClientIDToOpenIDConnectProvider(
  call: Call,
  input: Input<"AddClientIDToOpenIDConnectProvider">,
): void {
  changeOidc(call, input.OpenIDConnectProviderArn, ({ clientIds }) => ({
    clientIds: [...new Set([...clientIds, input.ClientID])],
  }));
}

export function removeClientIDFromOpenIDConnectProvider(
  call: Call,
  input: Input<"RemoveClientIDFromOpenIDConnectProvider">,
): void {
  changeOidc(call, input.OpenIDConnectProviderArn, ({ clientIds }) => ({
    clientIds: clientIds.filter((each) => each !== input.ClientID),
  }));
}

export function updateOpenIDConnectProviderThumbprint(
  call: Call,
  input: Input<"UpdateOpenIDConnectProviderThumbprint">,
): void {
  changeOidc(call, input.OpenIDConnectProviderArn, () => ({ thumbprints: input.ThumbprintList }));
}

/** Deleting one that does not exist succeeds ("This operation is idempotent"). */
export function deleteOpenIDConnectProvider(
  original: Call,
  input: Input<"DeleteOpenIDConnectProvider">,
): void {
  oidcProviders.delete(globally(original).tx, [input.OpenIDConnectProviderArn]);
}

export function findSaml(call: Call, arn: string): SamlProviderRow {
  const row = samlProviders.get(call.tx, [arn]);
  if (row === undefined) throw noSuchEntity(`Manifest not found for arn ${arn}`);
  return row;
}

export function createSAMLProvider(
  original: Call,
  input: Input<"CreateSAMLProvider">,
): Output<"CreateSAMLProvider"> {
  const call = globally(original);
  const arn = `arn:${call.partition}:iam::${call.accountId}:saml-provider/${input.Name}`;
  if (samlProviders.has(call.tx, [arn]))
    throw alreadyExists(`SAMLProvider with name ${input.Name} already exists.`);
  if (!input.SAMLMetadataDocument.includes("EntityDescriptor"))
    throw invalidInput("Could not parse metadata");
  const tags = tagsFrom(input.Tags);
  samlProviders.set(call.tx, [arn], {
    document: input.SAMLMetadataDocument,
    uuid: call.random.text(21, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"),
    createdAtMs: seconds(call.nowMs),
    tags,
  });
  return { SAMLProviderArn: arn, Tags: tagList(tags) };
}

export function getSAMLProvider(original: Call, input: Input<"GetSAMLProvider">): Output<"GetSAMLProvider"> {
  const row = findSaml(globally(original), input.SAMLProviderArn);
  return {
    SAMLProviderUUID: row.uuid,
    SAMLMetadataDocument: row.document,
    CreateDate: new Date(row.createdAtMs),
    Tags: tagList(row.tags),
  };
}

export function listSAMLProviders(original: Call): Output<"ListSAMLProviders"> {
  const rows = [...samlProviders.scan(globally(original).tx, [])];
  return {
    SAMLProviderList: rows.map(({ key, value }) => ({
      Arn: key[0],
      CreateDate: new Date(value.createdAtMs),
    })),
  };
}

export function updateSAMLProvider(
  original: Call,
  input: Input<"UpdateSAMLProvider">,
): Output<"UpdateSAMLProvider"> {
  const call = globally(original);
  const row = findSaml(call, input.SAMLProviderArn);
  const document = input.SAMLMetadataDocument ?? row.document;
  samlProviders.set(call.tx, [input.SAMLProviderArn], { ...row, document });
  return { SAMLProviderArn: input.SAMLProviderArn };
}

export function deleteSAMLProvider(original: Call, input: Input<"DeleteSAMLProvider">): void {
  const call = globally(original);
  findSaml(call, input.SAMLProviderArn);
  samlProviders.delete(call.tx, [input.SAMLProviderArn]);
}
