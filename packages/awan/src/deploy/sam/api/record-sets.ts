/** DNS records for an API's custom domain: one Route 53 record set group per hosted zone, shared by all domains in it. */
import { type Dict } from "../../template/value.ts";
import { InvalidResource } from "../errors.ts";
import { expectBoolean, expectMap } from "../expect.ts";
import { hashedId } from "../logical-id.ts";
import { given } from "../python/text.ts";
import { Resource } from "../resource.ts";
import type { Sam } from "../sam.ts";

export interface RecordSetInput {
  readonly apiId: string;
  readonly domain: Dict;
  readonly attributes: Dict;
  readonly aliasTarget: (route53: Dict) => Dict;
  /** REST APIs may ask for a group of their own, and name a zone by id and name. */
  readonly isRest: boolean;
}

export function recordSetGroup(sam: Sam, input: RecordSetInput): Resource | undefined {
  const { apiId, domain, attributes, isRest } = input;
  const route53 = domain["Route53"] ?? undefined;
  if (route53 === undefined) return undefined;
  expectMap(route53, { id: apiId, path: "Domain.Route53" });
  const { HostedZoneId: zoneId, HostedZoneName: zoneName } = route53;
  if ((zoneId ?? zoneName ?? undefined) === undefined) {
    throw new InvalidResource(
      apiId,
      "HostedZoneId or HostedZoneName is required to enable Route53 support on Custom Domains.",
    );
  }
  const zone = given(zoneId) ? zoneId : zoneName;
  const separate = route53["SeparateRecordSetGroup"];
  if (isRest && given(separate)) {
    expectBoolean(separate, { id: apiId, path: "Domain.Route53.SeparateRecordSetGroup" });
    return new Resource(
      hashedId("RecordSetGroup", [zone, domain["DomainName"]]),
      "AWS::Route53::RecordSetGroup",
      {
        attributes,
        properties: {
          ...(given(zoneId) ? { HostedZoneId: zoneId } : {}),
          ...(given(zoneName) ? { HostedZoneName: zoneName } : {}),
          RecordSets: recordSets(input, route53),
        },
      },
    );
  }
  const id = hashedId("RecordSetGroup", zone);
  let group = sam.recordSetGroups.get(id);
  if (group === undefined) {
    const hasId = "HostedZoneId" in route53;
    const properties = {
      ...(hasId ? { HostedZoneId: zoneId } : {}),
      ...("HostedZoneName" in route53 && (isRest || !hasId) ? { HostedZoneName: zoneName } : {}),
      RecordSets: [],
    };
    group = new Resource(id, "AWS::Route53::RecordSetGroup", { attributes, properties });
    sam.recordSetGroups.set(id, group);
  }
  (group.properties["RecordSets"] as Dict[]).push(...recordSets(input, route53));
  return group;
}

function recordSets({ domain, aliasTarget }: RecordSetInput, route53: Dict): Dict[] {
  const types = route53["IpV6"] === true ? ["A", "AAAA"] : ["A"];
  return types.map((Type) => ({
    Name: domain["DomainName"],
    Type,
    AliasTarget: aliasTarget(route53),
    ...((route53["Region"] ?? undefined) === undefined ? {} : { Region: route53["Region"] }),
    ...((route53["SetIdentifier"] ?? undefined) === undefined
      ? {}
      : { SetIdentifier: route53["SetIdentifier"] }),
  }));
}

/** Whether the target's health is looked at, where the author says. */
export const targetHealth = (route53: Dict): Dict =>
  (route53["EvaluateTargetHealth"] ?? undefined) === undefined
    ? {}
    : { EvaluateTargetHealth: route53["EvaluateTargetHealth"] };
