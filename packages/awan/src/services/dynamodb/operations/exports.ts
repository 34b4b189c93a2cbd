/** ExportTableToPointInTime, DescribeExport, ListExports. */
import type { ExportDescription } from "@aws-sdk/client-dynamodb";
import type { Call } from "../../../host/call.ts";
import { AwsError, notImplemented } from "../../../kernel/errors.ts";
import type { Input, Output } from "../../../model/operations.ts";
import { Constraints } from "../constraints.ts";
import { findTable } from "../lookup.ts";
import { exports, type ExportRow } from "../transfers.ts";

type Client = typeof import("@aws-sdk/client-dynamodb");

export function exportTableToPointInTime(
  call: Call,
  input: Input<Client, "ExportTableToPointInTime">,
): Output<Client, "ExportTableToPointInTime"> {
  new Constraints().required("tableArn", input.TableArn).required("s3Bucket", input.S3Bucket).check();
  if (input.ExportFormat === "ION") throw notImplemented("exports in Amazon Ion");
  if (input.ExportType === "INCREMENTAL_EXPORT") throw notImplemented("incremental exports");
  const found = findTable(call, input.TableArn);
  if (found === undefined) throw new AwsError("TableNotFoundException", `Table not found: ${input.TableArn}`);
  const { call: there, table } = found;
  if (table.recovery === null) {
    throw new AwsError(
      "PointInTimeRecoveryUnavailableException",
      `Point in time recovery is not enabled for table '${table.name}'`,
    );
  }
  const atMs = input.ExportTime?.getTime() ?? there.nowMs;
  if (atMs > there.nowMs || atMs < Math.floor(table.recovery.sinceMs / 1000) * 1000) {
    throw new AwsError(
      "InvalidExportTimeException",
      `The export time ${new Date(atMs).toISOString()} is not within the recovery period`,
    );
  }
  const row: ExportRow = {
    arn: `${table.arn}/export/${String(there.nowMs).padStart(14, "0")}-${there.random.hex(8)}`,
    tableArn: table.arn,
    tableId: table.id,
    tableName: table.name,
    storage: table.storage,
    status: "IN_PROGRESS",
    startedAtMs: there.nowMs,
    atMs,
    bucket: input.S3Bucket,
    prefix: input.S3Prefix ?? "",
    ...(input.ClientToken === undefined ? {} : { clientToken: input.ClientToken }),
  };
  exports.set(there.tx, [row.arn], row);
  there.dispatch({
    effect: "dynamodb.export",
    request: row,
    completion: "dynamodb.exportEnded",
    context: { arn: row.arn },
  });
  return { ExportDescription: description(row) };
}

function description(row: ExportRow): ExportDescription {
  return {
    ExportArn: row.arn,
    ExportStatus: row.status,
    StartTime: new Date(row.startedAtMs),
    ...(row.endedAtMs === undefined ? {} : { EndTime: new Date(row.endedAtMs) }),
    ...(row.manifest === undefined ? {} : { ExportManifest: row.manifest }),
    TableArn: row.tableArn,
    TableId: row.tableId,
    ExportTime: new Date(row.atMs),
    ...(row.clientToken === undefined ? {} : { ClientToken: row.clientToken }),
    S3Bucket: row.bucket,
    ...(row.prefix === "" ? {} : { S3Prefix: row.prefix }),
    S3SseAlgorithm: "AES256",
    ...(row.failure === undefined
      ? {}
      : { FailureCode: row.failure.code, FailureMessage: row.failure.message }),
    ExportFormat: "DYNAMODB_JSON",
    ...(row.sizeBytes === undefined ? {} : { BilledSizeBytes: row.sizeBytes }),
    ...(row.items === undefined ? {} : { ItemCount: row.items }),
    ExportType: "FULL_EXPORT",
  };
}

export function describeExport(
  call: Call,
  input: Input<Client, "DescribeExport">,
): Output<Client, "DescribeExport"> {
  const row = exports.get(call.tx, [input.ExportArn]);
  if (row === undefined)
    throw new AwsError("ExportNotFoundException", `Export not found: ${input.ExportArn}`);
  return { ExportDescription: description(row) };
}

export function listExports(call: Call, input: Input<Client, "ListExports">): Output<Client, "ListExports"> {
  const rows = Array.from(exports.scan(call.tx, []), ({ value }) => value);
  const own = rows.filter(({ tableArn }) => input.TableArn === undefined || tableArn === input.TableArn);
  return {
    ExportSummaries: own.map(({ arn, status }) => ({
      ExportArn: arn,
      ExportStatus: status,
      ExportType: "FULL_EXPORT",
    })),
  };
}
