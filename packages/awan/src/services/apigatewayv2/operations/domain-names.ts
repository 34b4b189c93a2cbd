/** Custom domain names, the mappings that put an API's stage under one, and VPC links (stored). */
import type { DomainNameConfiguration, VpcLink } from "@aws-sdk/client-apigatewayv2";
import type { Call } from "../../../host/call.ts";
import { formatArn } from "../../../kernel/arn.ts";
import type { Input, Output } from "../client.ts";
import { badRequest, conflict, mappingNotFound, partNotFound } from "../errors.ts";
import {
  apiMappings,
  clearOwner,
  domainNames,
  owners,
  ownersScope,
  setOwner,
  type VpcLinkRow,
  vpcLinks,
} from "../keys.ts";
import { findApi, findDomainName, findStage } from "../lookup.ts";
import { changed, compact, deleteAll, newId, page } from "../records.ts";

function configured(call: Call, configuration: DomainNameConfiguration): DomainNameConfiguration {
  return compact({
    ...configuration,
    ApiGatewayDomainName:
      configuration.ApiGatewayDomainName ?? `d-${newId(call, 10)}.execute-api.${call.region}.amazonaws.com`,
    DomainNameStatus: "AVAILABLE",
    EndpointType: configuration.EndpointType ?? "REGIONAL",
    HostedZoneId: configuration.HostedZoneId ?? "Z1UJRXOUMOOFQ8",
    IpAddressType: configuration.IpAddressType ?? "ipv4",
    SecurityPolicy: configuration.SecurityPolicy ?? "TLS_1_2",
  });
}

export function createDomainName(call: Call, input: Input<"CreateDomainName">): Output<"CreateDomainName"> {
  if (owners.has(call.in(ownersScope).tx, ["domain", input.DomainName])) {
    throw badRequest(`The domain name you provided already exists.`);
  }
  const row = compact({
    ...input,
    ApiMappingSelectionExpression: "$request.basepath",
    DomainNameArn: formatArn({
      service: "apigateway",
      region: call.region,
      accountId: "",
      resource: `/domainnames/${input.DomainName}`,
    }),
    DomainNameConfigurations: (input.DomainNameConfigurations ?? []).map((item) => configured(call, item)),
    MutualTlsAuthentication: undefined,
    RoutingMode: input.RoutingMode ?? "API_MAPPING_ONLY",
    Tags: input.Tags ?? {},
  });
  domainNames.set(call.tx, [input.DomainName], row);
  setOwner(call, "domain", input.DomainName);
  return row;
}

export function getDomainName(call: Call, input: Input<"GetDomainName">): Output<"GetDomainName"> {
  return findDomainName(call, input.DomainName);
}

export function getDomainNames(call: Call, input: Input<"GetDomainNames">): Output<"GetDomainNames"> {
  const { items, nextToken } = page(call, domainNames, [], input);
  return { Items: [...items], NextToken: nextToken };
}

export function updateDomainName(call: Call, input: Input<"UpdateDomainName">): Output<"UpdateDomainName"> {
  const before = findDomainName(call, input.DomainName);
  const configurations = input.DomainNameConfigurations?.map((item, index) =>
    configured(call, { ...before.DomainNameConfigurations?.[index], ...item }),
  );
  const row = changed(before, { ...input, DomainNameConfigurations: configurations }, [
    "DomainName",
    "MutualTlsAuthentication",
  ]);
  domainNames.set(call.tx, [input.DomainName], row);
  return row;
}

export function deleteDomainName(call: Call, input: Input<"DeleteDomainName">): void {
  findDomainName(call, input.DomainName);
  deleteAll(call, apiMappings, [input.DomainName]);
  domainNames.delete(call.tx, [input.DomainName]);
  clearOwner(call, "domain", input.DomainName);
}

function findMapping(call: Call, domainName: string, mappingId: string) {
  findDomainName(call, domainName);
  const row = apiMappings.get(call.tx, [domainName, mappingId]);
  if (row === undefined) throw mappingNotFound();
  return row;
}

function checkMappingKey(call: Call, domainName: string, key: string, ownId?: string): void {
  for (const { value } of apiMappings.scan(call.tx, [domainName])) {
    if (value.ApiMappingId !== ownId && (value.ApiMappingKey ?? "") === key) {
      throw conflict(`ApiMapping key already exists for this domain name`);
    }
  }
}

export function createApiMapping(call: Call, input: Input<"CreateApiMapping">): Output<"CreateApiMapping"> {
  findDomainName(call, input.DomainName);
  findApi(call, input.ApiId);
  findStage(call, input.ApiId, input.Stage);
  const key = input.ApiMappingKey === "(none)" ? "" : (input.ApiMappingKey ?? "");
  if (key.startsWith("/") || key.endsWith("/"))
    throw badRequest("API mapping key should not start or end with a '/'");
  checkMappingKey(call, input.DomainName, key);
  const row = { ApiId: input.ApiId, ApiMappingId: newId(call, 6), ApiMappingKey: key, Stage: input.Stage };
  apiMappings.set(call.tx, [input.DomainName, row.ApiMappingId], row);
  return row;
}

export function getApiMapping(call: Call, input: Input<"GetApiMapping">): Output<"GetApiMapping"> {
  return findMapping(call, input.DomainName, input.ApiMappingId);
}

export function getApiMappings(call: Call, input: Input<"GetApiMappings">): Output<"GetApiMappings"> {
  findDomainName(call, input.DomainName);
  const { items, nextToken } = page(call, apiMappings, [input.DomainName], input);
  return { Items: [...items], NextToken: nextToken };
}

export function updateApiMapping(call: Call, input: Input<"UpdateApiMapping">): Output<"UpdateApiMapping"> {
  const { DomainName, ApiMappingId } = input;
  const row = changed(findMapping(call, DomainName, ApiMappingId), input, ["DomainName", "ApiMappingId"]);
  findStage(call, row.ApiId as string, row.Stage as string);
  checkMappingKey(call, DomainName, row.ApiMappingKey ?? "", ApiMappingId);
  apiMappings.set(call.tx, [DomainName, ApiMappingId], row);
  return row;
}

export function deleteApiMapping(call: Call, input: Input<"DeleteApiMapping">): void {
  findMapping(call, input.DomainName, input.ApiMappingId);
  apiMappings.delete(call.tx, [input.DomainName, input.ApiMappingId]);
}

function vpcLinkRecord(row: VpcLinkRow): VpcLink {
  const { createdAtMs, updatedAtMs: _, ...link } = row;
  return { ...link, CreatedDate: new Date(createdAtMs) };
}

function findVpcLink(call: Call, vpcLinkId: string): VpcLinkRow {
  const row = vpcLinks.get(call.tx, [vpcLinkId]);
  if (row === undefined) throw partNotFound("VpcLink", vpcLinkId);
  return row;
}

export function createVpcLink(call: Call, input: Input<"CreateVpcLink">): Output<"CreateVpcLink"> {
  const row: VpcLinkRow = {
    Name: input.Name,
    SecurityGroupIds: input.SecurityGroupIds ?? [],
    SubnetIds: input.SubnetIds ?? [],
    Tags: input.Tags ?? {},
    VpcLinkId: newId(call, 6),
    VpcLinkStatus: "AVAILABLE",
    VpcLinkStatusMessage: "VPC link is ready to route traffic",
    VpcLinkVersion: "V2",
    createdAtMs: call.nowMs,
  };
  vpcLinks.set(call.tx, [row.VpcLinkId as string], row);
  return vpcLinkRecord(row);
}

export function getVpcLink(call: Call, input: Input<"GetVpcLink">): Output<"GetVpcLink"> {
  return vpcLinkRecord(findVpcLink(call, input.VpcLinkId));
}

export function getVpcLinks(call: Call, input: Input<"GetVpcLinks">): Output<"GetVpcLinks"> {
  const { items, nextToken } = page(call, vpcLinks, [], input);
  return { Items: items.map(vpcLinkRecord), NextToken: nextToken };
}

export function updateVpcLink(call: Call, input: Input<"UpdateVpcLink">): Output<"UpdateVpcLink"> {
  const row = changed(findVpcLink(call, input.VpcLinkId), input, ["VpcLinkId"]);
  vpcLinks.set(call.tx, [input.VpcLinkId], row);
  return vpcLinkRecord(row);
}

export function deleteVpcLink(call: Call, input: Input<"DeleteVpcLink">): void {
  findVpcLink(call, input.VpcLinkId);
  vpcLinks.delete(call.tx, [input.VpcLinkId]);
}
