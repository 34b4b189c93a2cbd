/** A REST API's custom domain, public or private: the domain name, its base path mappings, access association and records. */
import { type Dict } from "../../template/value.ts";
import { InvalidResource } from "../errors.ts";
import { expectMap, expectStrings, expectValue } from "../expect.ts";
import { getAtt, ref } from "../intrinsics.ts";
import { digest, hashedId } from "../logical-id.ts";
import { keysOf, put } from "../python/dictionary.ts";
import { given } from "../python/text.ts";
import { Resource } from "../resource.ts";
import type { Sam, SamResource } from "../sam.ts";
import { recordSetGroup, targetHealth } from "./record-sets.ts";

const endpointTypes = ["EDGE", "REGIONAL", "PRIVATE"];
const truststoreMembers = ["TruststoreUri", "TruststoreVersion"];

export function restDomain(sam: Sam, api: SamResource): Resource[] {
  const domain = api.properties["Domain"] ?? undefined;
  if (domain === undefined) return [];
  const place = (path: string): { id: string; path: string } => ({ id: api.id, path });
  expectMap(domain, place("Domain"));
  const isPrivate = domain["EndpointConfiguration"] === "PRIVATE";
  expectValue(domain["DomainName"], place("Domain.DomainName"));
  expectValue(domain["CertificateArn"], place("Domain.CertificateArn"));
  const id = `${isPrivate ? "ApiGatewayDomainNameV2" : "ApiGatewayDomainName"}${digest(domain["DomainName"])}`;
  if (!isPrivate) put(domain, "ApiDomainName", id);
  const endpoint = endpointOf(api.id, domain);
  const properties: Dict = {
    DomainName: domain["DomainName"],
    [endpoint === "REGIONAL" ? "RegionalCertificateArn" : "CertificateArn"]: domain["CertificateArn"],
    EndpointConfiguration: {
      Types: [endpoint],
      ...(given(domain["IpAddressType"]) ? { IpAddressType: domain["IpAddressType"] } : {}),
    },
    ...(isPrivate ? {} : mutualTls(api.id, domain["MutualTlsAuthentication"])),
  };
  const type = isPrivate ? "AWS::ApiGateway::DomainNameV2" : "AWS::ApiGateway::DomainName";
  const notOfKind = isPrivate ? "OwnershipVerificationCertificateArn" : "Policy";
  for (const name of [
    "SecurityPolicy",
    "EndpointAccessMode",
    "Policy",
    "OwnershipVerificationCertificateArn",
  ]) {
    if (!given(domain[name])) continue;
    if (name === notOfKind) {
      throw new InvalidResource(id, `property ${name} not defined for resource of type ${type}`);
    }
    properties[name] = domain[name];
  }
  const made = [new Resource(id, type, { attributes: api.shared, properties })];
  made.push(...basePathMappings(api, domain, { domainId: id, isPrivate }));
  const association = isPrivate ? accessAssociation(api, domain["AccessAssociation"], id) : undefined;
  const group = recordSetGroup(sam, {
    apiId: api.id,
    domain,
    attributes: api.shared,
    aliasTarget: (route53) => aliasTarget(domain, route53, id),
    isRest: true,
  });
  if (group !== undefined) made.push(group);
  if (association !== undefined) made.push(association);
  return made;
}

function endpointOf(apiId: string, domain: Dict): string {
  const endpoint = domain["EndpointConfiguration"] ?? undefined;
  if (endpoint === undefined) {
    put(domain, "EndpointConfiguration", "REGIONAL");
    return "REGIONAL";
  }
  if (typeof endpoint === "string" && endpointTypes.includes(endpoint)) return endpoint;
  throw new InvalidResource(
    apiId,
    "EndpointConfiguration for Custom Domains must be one of ['EDGE', 'REGIONAL', 'PRIVATE'].",
  );
}

function mutualTls(apiId: string, tls: unknown): Dict {
  if (!given(tls)) return {};
  expectMap(tls, { id: apiId, path: "Domain.MutualTlsAuthentication" });
  if (!keysOf(tls).every((key) => truststoreMembers.includes(key))) {
    throw new InvalidResource(
      apiId,
      "Available Domain.MutualTlsAuthentication fields are ['TruststoreUri', 'TruststoreVersion'].",
    );
  }
  return {
    MutualTlsAuthentication: Object.fromEntries(
      truststoreMembers.flatMap((name) => (given(tls[name]) ? [[name, tls[name]]] : [])),
    ),
  };
}

function basePathMappings(
  { id, shared }: SamResource,
  domain: Dict,
  { domainId, isPrivate }: { domainId: string; isPrivate: boolean },
): Resource[] {
  const mapping = (logicalId: string, basePath?: string): Resource =>
    new Resource(
      logicalId,
      isPrivate ? "AWS::ApiGateway::BasePathMappingV2" : "AWS::ApiGateway::BasePathMapping",
      {
        attributes: shared,
        properties: {
          [isPrivate ? "DomainNameArn" : "DomainName"]: ref(domainId),
          RestApiId: ref(id),
          Stage: ref(`${id}.Stage`),
          BasePath: basePath,
        },
      },
    );
  const value = domain["BasePath"];
  const paths =
    given(value) && typeof value === "string"
      ? [value]
      : given(value) && Array.isArray(value)
        ? value
        : undefined;
  if (paths === undefined) return [mapping(`${id}BasePathMapping`)];
  expectStrings(paths, { id, path: "Domain.BasePath" });
  const normalize = "NormalizeBasePath" in domain ? given(domain["NormalizeBasePath"]) : true;
  return paths.map((path) => {
    const bare = path.replaceAll(/[^\p{L}\p{N}]/gu, "");
    return mapping(`${id}${bare}BasePathMapping`, normalize ? bare : path);
  });
}

function accessAssociation(
  { id, shared }: SamResource,
  association: unknown,
  domainId: string,
): Resource | undefined {
  if (association === undefined || association === null) return undefined;
  expectMap(association, { id, path: "Domain.AccessAssociation" });
  const endpoint = association["VpcEndpointId"];
  return new Resource(
    hashedId("DomainNameAccessAssociation", [endpoint, domainId]),
    "AWS::ApiGateway::DomainNameAccessAssociation",
    {
      attributes: shared,
      properties: {
        DomainNameArn: ref(domainId),
        AccessAssociationSourceType: "VPCE",
        AccessAssociationSource: endpoint,
      },
    },
  );
}

function aliasTarget(domain: Dict, route53: Dict, domainId: string): Dict {
  const endpoint = domain["EndpointConfiguration"];
  if (endpoint === "EDGE") {
    if ((route53["DistributionDomainName"] ?? undefined) === undefined) {
      put(route53, "DistributionDomainName", getAtt(domainId, "DistributionDomainName"));
    }
    return {
      ...targetHealth(route53),
      HostedZoneId: "Z2FDTNDATAQYW2",
      DNSName: route53["DistributionDomainName"] ?? getAtt(domainId, "DistributionDomainName"),
    };
  }
  if (endpoint === "PRIVATE") {
    return {
      ...targetHealth(route53),
      HostedZoneId: route53["VpcEndpointHostedZoneId"] ?? null,
      DNSName: route53["VpcEndpointDomainName"] ?? null,
    };
  }
  return {
    ...targetHealth(route53),
    HostedZoneId: getAtt(domainId, "RegionalHostedZoneId"),
    DNSName: getAtt(domainId, "RegionalDomainName"),
  };
}
