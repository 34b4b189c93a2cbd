/** CloudFormation's zones, record sets and health checks. */
import type { Call } from "../../host/call.ts";
import type { Properties, ResourceProvider } from "../../host/resource.ts";
import { bareId, dotted, nameServers } from "./zones.ts";

interface Tag {
  readonly Key: string;
  readonly Value: string;
}

const route53 = (call: Call, operation: string, input: object): Record<string, unknown> =>
  call.invoke("route53", operation, input);

const zoneState = (id: string) => ({ physicalId: id, attributes: { Id: id, NameServers: nameServers } });

const hostedZone: ResourceProvider = {
  type: "AWS::Route53::HostedZone",
  properties: {
    HostedZoneConfig: "mutable",
    HostedZoneFeatures: "mutable",
    HostedZoneTags: "mutable",
    Name: "replace",
    QueryLoggingConfig: "mutable",
    VPCs: "mutable",
  },
  create: (call, { properties, stack, logicalId }) => {
    const vpc = ((properties["VPCs"] ?? []) as { VPCId: string; VPCRegion: string }[])[0];
    const answer = route53(call, "CreateHostedZone", {
      Name: properties["Name"],
      CallerReference: `${stack.name}-${logicalId}-${call.random.text(12)}`,
      HostedZoneConfig: properties["HostedZoneConfig"],
      ...(vpc === undefined ? {} : { VPC: vpc }),
    });
    const id = bareId((answer["HostedZone"] as { Id: string }).Id);
    const AddTags = (properties["HostedZoneTags"] ?? []) as readonly Tag[];
    if (AddTags.length > 0) {
      route53(call, "ChangeTagsForResource", { ResourceType: "hostedzone", ResourceId: id, AddTags });
    }
    return zoneState(id);
  },
  update: (_call, { physicalId }) => zoneState(physicalId),
  delete: (call, { physicalId }) => {
    route53(call, "DeleteHostedZone", { Id: physicalId });
  },
};

/** The zone a record set names, by id or by name. */
function zoneOf(call: Call, properties: Properties): string {
  const id = properties["HostedZoneId"];
  if (typeof id === "string") return bareId(id);
  const name = dotted((properties["HostedZoneName"] as string | undefined) ?? "");
  const { HostedZones } = route53(call, "ListHostedZonesByName", { DNSName: name });
  return bareId((HostedZones as { Id: string }[])[0]?.Id ?? name);
}

const notOfSets = new Set(["Comment", "HostedZoneId", "HostedZoneName", "RecordSets"]);

function setOf(properties: Properties): Record<string, unknown> {
  const { ResourceRecords, TTL, ...rest } = properties;
  return {
    ...Object.fromEntries(Object.entries(rest).filter(([name]) => !notOfSets.has(name))),
    ...(ResourceRecords === undefined
      ? {}
      : { ResourceRecords: (ResourceRecords as string[]).map((Value) => ({ Value })) }),
    ...(TTL === undefined ? {} : { TTL: Number(TTL) }),
  };
}

const change = (call: Call, zone: string, Action: string, sets: readonly Properties[]): void => {
  route53(call, "ChangeResourceRecordSets", {
    HostedZoneId: zone,
    ChangeBatch: { Changes: sets.map((each) => ({ Action, ResourceRecordSet: setOf(each) })) },
  });
};

const setProperties = {
  AliasTarget: "mutable",
  CidrRoutingConfig: "mutable",
  Comment: "mutable",
  Failover: "mutable",
  GeoLocation: "mutable",
  GeoProximityLocation: "mutable",
  HealthCheckId: "mutable",
  HostedZoneId: "replace",
  HostedZoneName: "replace",
  MultiValueAnswer: "mutable",
  Name: "replace",
  Region: "mutable",
  ResourceRecords: "mutable",
  SetIdentifier: "mutable",
  TTL: "mutable",
  Type: "mutable",
  Weight: "mutable",
} as const;

const recordSet: ResourceProvider = {
  type: "AWS::Route53::RecordSet",
  properties: setProperties,
  required: ["Name", "Type"],
  create: (call, { properties }) => {
    change(call, zoneOf(call, properties), "CREATE", [properties]);
    return { physicalId: properties["Name"] as string, attributes: {} };
  },
  update: (call, { physicalId, properties }) => {
    change(call, zoneOf(call, properties), "UPSERT", [properties]);
    return { physicalId, attributes: {} };
  },
  delete: (call, { properties }) => change(call, zoneOf(call, properties), "DELETE", [properties]),
};

const setsOf = (properties: Properties): readonly Properties[] =>
  (properties["RecordSets"] ?? []) as readonly Properties[];

const recordSetGroup: ResourceProvider = {
  type: "AWS::Route53::RecordSetGroup",
  properties: {
    Comment: "mutable",
    HostedZoneId: "replace",
    HostedZoneName: "replace",
    RecordSets: "mutable",
  },
  create: (call, { properties, generateName }) => {
    change(call, zoneOf(call, properties), "CREATE", setsOf(properties));
    return { physicalId: generateName({ lengthMax: 128 }), attributes: {} };
  },
  update: (call, { physicalId, properties, previousProperties }) => {
    change(call, zoneOf(call, previousProperties), "DELETE", setsOf(previousProperties));
    change(call, zoneOf(call, properties), "CREATE", setsOf(properties));
    return { physicalId, attributes: {} };
  },
  delete: (call, { properties }) => change(call, zoneOf(call, properties), "DELETE", setsOf(properties)),
};

const healthCheck: ResourceProvider = {
  type: "AWS::Route53::HealthCheck",
  properties: { HealthCheckConfig: "replace", HealthCheckTags: "mutable" },
  required: ["HealthCheckConfig"],
  create: (call, { properties }) => {
    const answer = route53(call, "CreateHealthCheck", {
      CallerReference: call.random.uuid(),
      HealthCheckConfig: properties["HealthCheckConfig"],
    });
    const id = (answer["HealthCheck"] as { Id: string }).Id;
    return { physicalId: id, attributes: { HealthCheckId: id } };
  },
  update: (_call, { physicalId }) => ({ physicalId, attributes: { HealthCheckId: physicalId } }),
  delete: (call, { physicalId }) => {
    route53(call, "DeleteHealthCheck", { HealthCheckId: physicalId });
  },
};

export const providers: readonly ResourceProvider[] = [hostedZone, recordSet, recordSetGroup, healthCheck];
