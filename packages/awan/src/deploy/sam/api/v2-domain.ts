/** The custom domain of an HTTP or WebSocket API: the domain name, its mappings and DNS records. */
import { type Dict, isDict } from "../../template/value.ts";
import { InvalidResource } from "../errors.ts";
import { getAtt, ref } from "../intrinsics.ts";
import { digest } from "../logical-id.ts";
import { keysOf, put } from "../python/dictionary.ts";
import { given } from "../python/text.ts";
import { Resource } from "../resource.ts";
import type { Sam } from "../sam.ts";
import { recordSetGroup, targetHealth } from "./record-sets.ts";

const truststoreMembers = ["TruststoreUri", "TruststoreVersion"];

export interface V2Domain {
  readonly domain: Resource;
  readonly mappings: Resource[];
  readonly records: Resource | undefined;
}

export function v2Domain(
  sam: Sam,
  api: { id: string; shared: Dict },
  { config, tag }: { config: unknown; tag: string },
): V2Domain | undefined {
  if (config === undefined || config === null) return undefined;
  const domain = config as Dict;
  const { id, shared } = api;
  const name = domain["DomainName"] ?? undefined;
  const certificate = domain["CertificateArn"] ?? undefined;
  if (name === undefined || certificate === undefined) {
    throw new InvalidResource(
      id,
      "Custom Domains only works if both DomainName and CertificateArn are provided.",
    );
  }
  const domainId = `ApiGatewayDomainNameV2${digest(name)}`;
  put(domain, "ApiDomainName", domainId);
  const endpoint = domain["EndpointConfiguration"] ?? undefined;
  if (endpoint === undefined) put(domain, "EndpointConfiguration", "REGIONAL");
  else if (endpoint !== "REGIONAL") {
    throw new InvalidResource(id, "EndpointConfiguration for Custom Domains must be one of ['REGIONAL'].");
  }
  const configuration: Dict = { CertificateArn: certificate, EndpointType: "REGIONAL" };
  for (const member of ["OwnershipVerificationCertificateArn", "SecurityPolicy"]) {
    if (given(domain[member])) configuration[member] = domain[member];
  }
  const made = new Resource(domainId, "AWS::ApiGatewayV2::DomainName", {
    attributes: shared,
    properties: {
      DomainName: name,
      DomainNameConfigurations: [configuration],
      ...mutualTls(id, domain["MutualTlsAuthentication"]),
      Tags: { [tag]: "SAM" },
    },
  });
  const mappings = mappingsOf(api, domain["BasePath"], domainId);
  const aliasTarget = (route53: Dict): Dict => ({
    ...targetHealth(route53),
    HostedZoneId: getAtt(domainId, "RegionalHostedZoneId"),
    DNSName: getAtt(domainId, "RegionalDomainName"),
  });
  const records = recordSetGroup(sam, { apiId: id, domain, attributes: shared, aliasTarget, isRest: false });
  return { domain: made, mappings, records };
}

function mutualTls(id: string, tls: unknown): Dict {
  if (!given(tls)) return {};
  if (!isDict(tls)) {
    throw new InvalidResource(
      id,
      "MutualTlsAuthentication must be a map with at least one of the following fields ['TruststoreUri', 'TruststoreVersion'].",
    );
  }
  const unknown = keysOf(tls).filter((key) => !truststoreMembers.includes(key));
  if (unknown.length > 0) {
    throw new InvalidResource(
      unknown.toSorted().join(","),
      "Available MutualTlsAuthentication fields are ['TruststoreUri', 'TruststoreVersion'].",
    );
  }
  return {
    MutualTlsAuthentication: Object.fromEntries(
      truststoreMembers.flatMap((name) => (given(tls[name]) ? [[name, tls[name]]] : [])),
    ),
  };
}

function mappingsOf(
  { id, shared }: { id: string; shared: Dict },
  basePath: unknown,
  domainId: string,
): Resource[] {
  const mapping = (logicalId: string, key?: string): Resource =>
    new Resource(logicalId, "AWS::ApiGatewayV2::ApiMapping", {
      attributes: shared,
      properties: {
        DomainName: ref(domainId),
        ApiId: ref(id),
        Stage: ref(`${id}.Stage`),
        ApiMappingKey: key,
      },
    });
  const paths: unknown[] | undefined =
    given(basePath) && (typeof basePath === "string" || Array.isArray(basePath))
      ? [basePath].flat()
      : undefined;
  if (paths === undefined) return [mapping(`${id}ApiMapping`)];
  return paths.map((path) => {
    if (typeof path !== "string") throw new InvalidResource(id, "Basepath must be a string.");
    if (/[^0-9a-zA-Z/\-_]+/.test(path)) throw new InvalidResource(id, "Invalid Basepath name provided.");
    return mapping(`${id}${path.replaceAll(/[-_/]+/g, "")}ApiMapping`, path.replaceAll(/^\/+|\/+$/g, ""));
  });
}
