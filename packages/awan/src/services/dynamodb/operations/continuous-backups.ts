/** DescribeContinuousBackups, UpdateContinuousBackups and RestoreTableToPointInTime. */
import type { ContinuousBackupsDescription } from "@aws-sdk/client-dynamodb";
import type { Call } from "../../../host/call.ts";
import { AwsError } from "../../../kernel/errors.ts";
import type { Input, Output } from "../../../model/operations.ts";
import { checkControlTableName, Constraints } from "../constraints.ts";
import { startCopy } from "../copies.ts";
import { validationError } from "../errors.ts";
import { daysMs } from "../history.ts";
import { tables } from "../keys.ts";
import { findTable, tableNameOf } from "../lookup.ts";
import { restoredTable } from "../restored-table.ts";
import type { TableRow } from "../schema.ts";
import { describeTable } from "../table-description.ts";

type Client = typeof import("@aws-sdk/client-dynamodb");

const recoveryDaysMax = 35;

function requireBackupTable(call: Call, name: string): { readonly call: Call; readonly table: TableRow } {
  const found = findTable(call, name);
  if (found !== undefined) return found;
  throw new AwsError("TableNotFoundException", `Table not found: ${tableNameOf(name)}`);
}

function earliestMs(call: Call, recovery: NonNullable<TableRow["recovery"]>): number {
  return Math.max(recovery.sinceMs, call.nowMs - daysMs(recovery.days));
}

function description(call: Call, { recovery }: TableRow): ContinuousBackupsDescription {
  return {
    ContinuousBackupsStatus: "ENABLED",
    PointInTimeRecoveryDescription:
      recovery === null
        ? { PointInTimeRecoveryStatus: "DISABLED" }
        : {
            PointInTimeRecoveryStatus: "ENABLED",
            RecoveryPeriodInDays: recovery.days,
            EarliestRestorableDateTime: new Date(earliestMs(call, recovery)),
            LatestRestorableDateTime: new Date(call.nowMs),
          },
  };
}

export function describeContinuousBackups(
  call: Call,
  input: Input<Client, "DescribeContinuousBackups">,
): Output<Client, "DescribeContinuousBackups"> {
  checkControlTableName(input.TableName);
  const { call: there, table } = requireBackupTable(call, input.TableName);
  return { ContinuousBackupsDescription: description(there, table) };
}

export function updateContinuousBackups(
  call: Call,
  input: Input<Client, "UpdateContinuousBackups">,
): Output<Client, "UpdateContinuousBackups"> {
  checkControlTableName(input.TableName);
  const specification = input.PointInTimeRecoverySpecification;
  new Constraints()
    .required("pointInTimeRecoverySpecification", specification)
    .required(
      "pointInTimeRecoverySpecification.pointInTimeRecoveryEnabled",
      specification?.PointInTimeRecoveryEnabled,
    )
    .range(
      "pointInTimeRecoverySpecification.recoveryPeriodInDays",
      specification?.RecoveryPeriodInDays,
      1,
      recoveryDaysMax,
    )
    .check();
  const { call: there, table: before } = requireBackupTable(call, input.TableName);
  const days = specification.RecoveryPeriodInDays ?? before.recovery?.days ?? recoveryDaysMax;
  const recovery =
    specification.PointInTimeRecoveryEnabled !== true
      ? null
      : before.recovery === null
        ? { sinceMs: there.nowMs, days, trimming: false }
        : { ...before.recovery, days };
  const table = { ...before, recovery };
  tables.set(there.tx, [table.name], table);
  if (recovery === null && before.copies === 0)
    there.schedule("dynamodb.forgetHistory", [table.storage], there.nowMs);
  return { ContinuousBackupsDescription: description(there, table) };
}

export function restoreTableToPointInTime(
  call: Call,
  input: Input<Client, "RestoreTableToPointInTime">,
): Output<Client, "RestoreTableToPointInTime"> {
  const source = input.SourceTableArn ?? input.SourceTableName;
  if (source === undefined) {
    throw validationError("One of SourceTableName or SourceTableArn must be specified in the request");
  }
  checkControlTableName(input.TargetTableName);
  const { call: there, table } = requireBackupTable(call, source);
  if (table.recovery === null) {
    throw new AwsError(
      "PointInTimeRecoveryUnavailableException",
      `Point in time recovery is not enabled for table '${table.name}'`,
    );
  }
  const atMs = input.UseLatestRestorableTime === true ? there.nowMs : input.RestoreDateTime?.getTime();
  if (atMs === undefined) {
    throw validationError(
      "Either RestoreDateTime or UseLatestRestorableTime must be specified in the request",
    );
  }
  // The request has whole seconds; the moment recovery began is within its first one.
  const earliest = Math.floor(earliestMs(there, table.recovery) / 1000) * 1000;
  if (atMs < earliest || atMs > there.nowMs) {
    throw new AwsError(
      "InvalidRestoreTimeException",
      `The restore time must be between ${new Date(earliest).toISOString()} and ${new Date(there.nowMs).toISOString()}`,
    );
  }
  const target = restoredTable(there, table, input.TargetTableName, input);
  const restored = { ...target, restore: { sourceTableArn: table.arn, atMs } };
  tables.set(there.tx, [restored.name], restored);
  startCopy(there, {
    sourceTable: table.name,
    sourceStorage: table.storage,
    atMs,
    target: { kind: "table", name: restored.name, storage: restored.storage },
  });
  return {
    TableDescription: describeTable(there, restored, { status: "CREATING", indexStatus: "CREATING" }),
  };
}
