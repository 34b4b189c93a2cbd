/** Record sets: changed in batches that are carried out whole or not at all. Health checks beside them. */
import { AwsError } from "../../kernel/errors.ts";
import type { Call } from "../../host/call.ts";
import type { Input, Output } from "../../model/operations.ts";
import { healthChecks, type RecordRow, records } from "./keys.ts";
import { changeInfo, type Client, dotted, global, need } from "./zones.ts";

type In<Name extends string> = Input<Client, Name>;
type Out<Name extends string> = Output<Client, Name>;

export function changeResourceRecordSets(
  call: Call,
  input: In<"ChangeResourceRecordSets">,
): Out<"ChangeResourceRecordSets"> {
  const zone = need(call, input.HostedZoneId);
  const { tx } = global(call);
  for (const { Action, ResourceRecordSet: set } of input.ChangeBatch?.Changes ?? []) {
    const name = dotted(set?.Name ?? "");
    const key: [string, string, string, string] = [zone.id, name, set?.Type ?? "A", set?.SetIdentifier ?? ""];
    const exists = records.has(tx, key);
    const place = `[name='${name}', type='${set?.Type}']`;
    if (!name.endsWith(zone.name)) {
      throw invalid(`RRSet with DNS name ${name} is not permitted in zone ${zone.name}`);
    }
    if (Action === "CREATE" && exists) {
      throw invalid(`Tried to create resource record set ${place} but it already exists`);
    }
    if (Action === "DELETE" && !exists) {
      throw invalid(`Tried to delete resource record set ${place} but it was not found`);
    }
    if (Action === "DELETE") records.delete(tx, key);
    else records.set(tx, key, { ...set, Name: name });
  }
  return { ChangeInfo: changeInfo(call) };
}

const invalid = (message: string): AwsError =>
  new AwsError("InvalidChangeBatch", `[${message}]`, { members: { messages: [message] } });

export function listResourceRecordSets(
  call: Call,
  input: In<"ListResourceRecordSets">,
): Out<"ListResourceRecordSets"> {
  const zone = need(call, input.HostedZoneId);
  const all = [...records.scan(global(call).tx, [zone.id])].map(({ value }) => value);
  const from = input.StartRecordName === undefined ? "" : dotted(input.StartRecordName);
  const fitting = all.filter(
    (set) =>
      String(set["Name"]) > from ||
      (set["Name"] === from && String(set["Type"]) >= (input.StartRecordType ?? "")),
  );
  const size = input.MaxItems ?? 300;
  const next: RecordRow | undefined = fitting[size];
  return {
    ResourceRecordSets: fitting.slice(0, size) as never,
    IsTruncated: next !== undefined,
    ...(next === undefined
      ? {}
      : { NextRecordName: String(next["Name"]), NextRecordType: next["Type"] as "A" }),
    MaxItems: size,
  };
}

export const getChange = (call: Call, input: In<"GetChange">): Out<"GetChange"> => ({
  ChangeInfo: { ...changeInfo(call), Id: `/change/${(input.Id ?? "").replace(/^\/?change\//, "")}` },
});

export function createHealthCheck(call: Call, input: In<"CreateHealthCheck">): Out<"CreateHealthCheck"> {
  const id = call.random.uuid();
  const row = { callerReference: input.CallerReference ?? "", config: { ...input.HealthCheckConfig } };
  healthChecks.set(global(call).tx, [id], row);
  return {
    HealthCheck: healthCheck(id, row),
    Location: `https://route53.amazonaws.com/2013-04-01/healthcheck/${id}`,
  };
}

const healthCheck = (id: string, row: { readonly callerReference: string; readonly config: object }) => ({
  Id: id,
  CallerReference: row.callerReference,
  HealthCheckConfig: row.config as { Type: "HTTP" },
  HealthCheckVersion: 1,
});

export function getHealthCheck(call: Call, input: In<"GetHealthCheck">): Out<"GetHealthCheck"> {
  const id = input.HealthCheckId ?? "";
  const row = healthChecks.get(global(call).tx, [id]);
  if (row === undefined) {
    throw new AwsError("NoSuchHealthCheck", `A health check with id ${id} does not exist.`);
  }
  return { HealthCheck: healthCheck(id, row) };
}

export function deleteHealthCheck(call: Call, input: In<"DeleteHealthCheck">): void {
  getHealthCheck(call, input);
  healthChecks.delete(global(call).tx, [input.HealthCheckId ?? ""]);
}
