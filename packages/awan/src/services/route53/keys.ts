/** Route 53's rows, in the region all regions share: hosted zones with their record sets, health checks. */
import { table } from "../../store/table.ts";

export interface ZoneRow {
  readonly id: string;
  /** With its final dot. */
  readonly name: string;
  readonly callerReference: string;
  readonly comment: string | null;
  readonly vpcs: readonly { readonly id: string; readonly region: string }[];
  readonly tags: Readonly<Record<string, string>>;
}

/** A record set in AWS's casing. */
export type RecordRow = Readonly<Record<string, unknown>>;

export const zones = table<[id: string], ZoneRow>("route53", "zone");
export const records = table<[zoneId: string, name: string, type: string, setIdentifier: string], RecordRow>(
  "route53",
  "record",
);
export const healthChecks = table<
  [id: string],
  { readonly callerReference: string; readonly config: Readonly<Record<string, unknown>> }
>("route53", "health-check");
