/** Dashboards: names with a body of JSON. */
import { AwsError } from "../../kernel/errors.ts";
import type { Call } from "../../host/call.ts";
import type { Input, Output } from "../../model/operations.ts";
import { arnOf, type Client } from "./alarms.ts";
import { type DashboardRow, dashboards } from "./keys.ts";

type In<Name extends string> = Input<Client, Name>;
type Out<Name extends string> = Output<Client, Name>;

const dashboardArn = (call: Call, name: string): string => arnOf(call, `dashboard/${name}`, "");

export function putDashboard(call: Call, input: In<"PutDashboard">): Out<"PutDashboard"> {
  const row: DashboardRow = { body: input.DashboardBody ?? "{}", modifiedAtMs: call.nowMs };
  dashboards.set(call.tx, [input.DashboardName ?? ""], row);
  return { DashboardValidationMessages: [] };
}

function missing(name: string): AwsError {
  return new AwsError("DashboardNotFoundError", `Dashboard ${name} does not exist`);
}

export function getDashboard(call: Call, input: In<"GetDashboard">): Out<"GetDashboard"> {
  const name = input.DashboardName ?? "";
  const row = dashboards.get(call.tx, [name]);
  if (row === undefined) throw missing(name);
  return { DashboardArn: dashboardArn(call, name), DashboardBody: row.body, DashboardName: name };
}

export function listDashboards(call: Call, input: In<"ListDashboards">): Out<"ListDashboards"> {
  const prefix = input.DashboardNamePrefix ?? "";
  return {
    DashboardEntries: [...dashboards.scan(call.tx, [])]
      .filter(({ key: [name] }) => name.startsWith(prefix))
      .map(({ key: [name], value }) => ({
        DashboardArn: dashboardArn(call, name),
        DashboardName: name,
        LastModified: new Date(value.modifiedAtMs),
        Size: Buffer.byteLength(value.body),
      })),
  };
}

export function deleteDashboards(call: Call, input: In<"DeleteDashboards">): void {
  for (const name of input.DashboardNames ?? []) {
    if (!dashboards.has(call.tx, [name])) throw missing(name);
    dashboards.delete(call.tx, [name]);
  }
}
