/** Finds the table a request names, by name or ARN, in the account and region the ARN says. */
import type { Call } from "../../host/call.ts";
import { parseArn } from "../../kernel/arn.ts";
import { resourceNotFound, tableNotFound } from "./errors.ts";
import { tables } from "./keys.ts";
import type { TableRow } from "./schema.ts";

export interface Located {
  /** In the table's account and region. */
  readonly call: Call;
  readonly table: TableRow;
}

/** The name within what may be a table's (or its index's, stream's, backup's) ARN. */
export function tableNameOf(nameOrArn: string): string {
  return nameOrArn.startsWith("arn:")
    ? (nameOrArn.split(":").slice(5).join(":").split("/")[1] ?? "")
    : nameOrArn;
}

function locate(call: Call, nameOrArn: string): { call: Call; name: string } {
  if (!nameOrArn.startsWith("arn:")) return { call, name: nameOrArn };
  const arn = parseArn(nameOrArn);
  const scope = arn === undefined ? {} : { accountId: arn.accountId, region: arn.region };
  return { call: call.in(scope), name: tableNameOf(nameOrArn) };
}

export function findTable(call: Call, nameOrArn: string): Located | undefined {
  const place = locate(call, nameOrArn);
  const table = tables.get(place.call.tx, [place.name]);
  return table === undefined ? undefined : { call: place.call, table };
}

/** For data operations. */
export function openTable(call: Call, nameOrArn: string): Located {
  const found = findTable(call, nameOrArn);
  if (found === undefined || found.table.restoring) throw resourceNotFound();
  return found;
}

/** For control operations, whose error names the table. */
export function requireTable(call: Call, nameOrArn: string): Located {
  const found = findTable(call, nameOrArn);
  if (found === undefined) throw tableNotFound(tableNameOf(nameOrArn));
  return found;
}
