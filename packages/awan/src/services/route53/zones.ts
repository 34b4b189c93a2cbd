/** Hosted zones: made with the two records every zone has. */
import { AwsError } from "../../kernel/errors.ts";
import type { Call } from "../../host/call.ts";
import type { Input, Output } from "../../model/operations.ts";
import { records, type ZoneRow, zones } from "./keys.ts";

export type Client = typeof import("@aws-sdk/client-route-53");
type In<Name extends string> = Input<Client, Name>;
type Out<Name extends string> = Output<Client, Name>;

/** Zones and records are no region's. */
export const global = (call: Call): Call => call.in({ region: "aws-global" });

export const nameServers = [
  "ns-2048.awsdns-64.com",
  "ns-2049.awsdns-65.net",
  "ns-2050.awsdns-66.org",
  "ns-2051.awsdns-67.co.uk",
];

export const dotted = (name: string): string => (name.endsWith(".") ? name : `${name}.`).toLowerCase();
export const bareId = (id: string | undefined): string => (id ?? "").replace(/^\/?(hostedzone|change)\//, "");

export function need(call: Call, id: string | undefined): ZoneRow {
  const row = zones.get(global(call).tx, [bareId(id)]);
  if (row === undefined)
    throw new AwsError("NoSuchHostedZone", `No hosted zone found with ID: ${bareId(id)}`);
  return row;
}

export const changeInfo = (call: Call) => ({
  Id: `/change/C${call.random.text(20, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")}`,
  Status: "INSYNC" as const,
  SubmittedAt: new Date(call.nowMs),
});

const told = (call: Call, row: ZoneRow) => ({
  Id: `/hostedzone/${row.id}`,
  Name: row.name,
  CallerReference: row.callerReference,
  Config: { ...(row.comment === null ? {} : { Comment: row.comment }), PrivateZone: row.vpcs.length > 0 },
  ResourceRecordSetCount: [...records.scan(global(call).tx, [row.id])].length,
});

const delegation = (row: ZoneRow) =>
  row.vpcs.length > 0
    ? { VPCs: row.vpcs.map(({ id, region }) => ({ VPCId: id, VPCRegion: region as "us-east-1" })) }
    : { DelegationSet: { NameServers: nameServers } };

export function createHostedZone(call: Call, input: In<"CreateHostedZone">): Out<"CreateHostedZone"> {
  const { tx } = global(call);
  const name = dotted(input.Name ?? "");
  const id = `Z${call.random.text(20, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")}`;
  const row: ZoneRow = {
    id,
    name,
    callerReference: input.CallerReference ?? "",
    comment: input.HostedZoneConfig?.Comment ?? null,
    vpcs:
      input.VPC === undefined
        ? []
        : [{ id: input.VPC.VPCId ?? "", region: input.VPC.VPCRegion ?? call.region }],
    tags: {},
  };
  for (const { value } of zones.scan(tx, [])) {
    if (value.callerReference !== row.callerReference) continue;
    throw new AwsError(
      "HostedZoneAlreadyExists",
      `A hosted zone has already been created with the specified caller reference.`,
    );
  }
  zones.set(tx, [id], row);
  records.set(tx, [id, name, "NS", ""], {
    Name: name,
    Type: "NS",
    TTL: 172_800,
    ResourceRecords: nameServers.map((server) => ({ Value: `${server}.` })),
  });
  records.set(tx, [id, name, "SOA", ""], {
    Name: name,
    Type: "SOA",
    TTL: 900,
    ResourceRecords: [{ Value: `${nameServers[0]}. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400` }],
  });
  return {
    HostedZone: told(call, row),
    ChangeInfo: changeInfo(call),
    ...(row.vpcs.length > 0
      ? { VPC: input.VPC, DelegationSet: { NameServers: nameServers } }
      : { DelegationSet: { NameServers: nameServers } }),
    Location: `https://route53.amazonaws.com/2013-04-01/hostedzone/${id}`,
  };
}

export function getHostedZone(call: Call, input: In<"GetHostedZone">): Out<"GetHostedZone"> {
  const row = need(call, input.Id);
  return { HostedZone: told(call, row), ...delegation(row) };
}

/** Names compare from their end. */
const reversed = (name: string): string => name.split(".").toReversed().join(".");

function sortedZones(call: Call): ZoneRow[] {
  return [...zones.scan(global(call).tx, [])]
    .map(({ value }) => value)
    .toSorted((a, b) => (reversed(a.name) < reversed(b.name) ? -1 : 1));
}

export function listHostedZones(call: Call, input: In<"ListHostedZones">): Out<"ListHostedZones"> {
  const rows = sortedZones(call);
  const start = input.Marker === undefined ? 0 : rows.findIndex(({ id }) => id === input.Marker);
  const size = input.MaxItems ?? 100;
  const page = rows.slice(start, start + size);
  const next = rows[start + size];
  return {
    HostedZones: page.map((row) => told(call, row)),
    Marker: input.Marker ?? "",
    IsTruncated: next !== undefined,
    ...(next === undefined ? {} : { NextMarker: next.id }),
    MaxItems: size,
  };
}

export function listHostedZonesByName(
  call: Call,
  input: In<"ListHostedZonesByName">,
): Out<"ListHostedZonesByName"> {
  const rows = sortedZones(call);
  const from =
    input.DNSName === undefined ? 0 : rows.findIndex(({ name }) => name === dotted(input.DNSName ?? ""));
  const size = input.MaxItems ?? 100;
  const fitting = from === -1 ? [] : rows.slice(from);
  return {
    HostedZones: fitting.slice(0, size).map((row) => told(call, row)),
    ...(input.DNSName === undefined ? {} : { DNSName: input.DNSName }),
    IsTruncated: fitting.length > size,
    MaxItems: size,
  };
}

export function deleteHostedZone(call: Call, input: In<"DeleteHostedZone">): Out<"DeleteHostedZone"> {
  const row = need(call, input.Id);
  const { tx } = global(call);
  const own = [...records.scan(tx, [row.id])];
  if (own.some(({ key }) => key[1] !== row.name || (key[2] !== "NS" && key[2] !== "SOA"))) {
    throw new AwsError(
      "HostedZoneNotEmpty",
      "The specified hosted zone contains non-required resource record sets  and so cannot be deleted.",
    );
  }
  for (const { key } of own) records.delete(tx, key);
  zones.delete(tx, [row.id]);
  return { ChangeInfo: changeInfo(call) };
}

export function changeTags(call: Call, input: In<"ChangeTagsForResource">): void {
  const row = need(call, input.ResourceId);
  const gone = input.RemoveTagKeys ?? [];
  const kept = Object.entries(row.tags).filter(([key]) => !gone.includes(key));
  const added = (input.AddTags ?? []).map(({ Key, Value }) => [Key ?? "", Value ?? ""] as const);
  zones.set(global(call).tx, [row.id], { ...row, tags: Object.fromEntries([...kept, ...added]) });
}

export function listTags(call: Call, input: In<"ListTagsForResource">): Out<"ListTagsForResource"> {
  const row = need(call, input.ResourceId);
  return {
    ResourceTagSet: {
      ResourceType: input.ResourceType,
      ResourceId: row.id,
      Tags: Object.entries(row.tags).map(([Key, Value]) => ({ Key, Value })),
    },
  };
}
