/** ImportTable, DescribeImport, ListImports. */
import type { ImportTableDescription, TableCreationParameters } from "@aws-sdk/client-dynamodb";
import type { Call } from "../../../host/call.ts";
import { AwsError, notImplemented } from "../../../kernel/errors.ts";
import type { Input, Output } from "../../../model/operations.ts";
import { Constraints } from "../constraints.ts";
import { imports, type ImportRow } from "../transfers.ts";
import { createTable } from "./create-table.ts";

type Client = typeof import("@aws-sdk/client-dynamodb");

export function importTable(call: Call, input: Input<Client, "ImportTable">): Output<Client, "ImportTable"> {
  new Constraints()
    .required("s3BucketSource", input.S3BucketSource)
    .required("inputFormat", input.InputFormat)
    .required("tableCreationParameters", input.TableCreationParameters)
    .check();
  if (input.InputFormat === "ION") throw notImplemented("imports of Amazon Ion");
  if (input.InputCompressionType === "ZSTD") throw notImplemented("imports of Zstandard files");
  const { TableDescription: table } = createTable(
    call,
    input.TableCreationParameters as Input<Client, "CreateTable">,
  );
  const csv = input.InputFormatOptions?.Csv;
  const row: ImportRow = {
    arn: `${table?.TableArn}/import/${String(call.nowMs).padStart(14, "0")}-${call.random.hex(8)}`,
    tableArn: table?.TableArn ?? "",
    tableId: table?.TableId ?? "",
    tableName: table?.TableName ?? "",
    status: "IN_PROGRESS",
    startedAtMs: call.nowMs,
    bucket: input.S3BucketSource.S3Bucket ?? "",
    prefix: input.S3BucketSource.S3KeyPrefix ?? "",
    format: input.InputFormat === "CSV" ? "CSV" : "DYNAMODB_JSON",
    compressed: input.InputCompressionType === "GZIP",
    csv: { delimiter: csv?.Delimiter ?? ",", headers: csv?.HeaderList ?? null },
    parameters: input.TableCreationParameters as unknown as ImportRow["parameters"],
    ...(input.ClientToken === undefined ? {} : { clientToken: input.ClientToken }),
  };
  imports.set(call.tx, [row.arn], row);
  call.dispatch({
    effect: "dynamodb.import",
    request: row,
    completion: "dynamodb.importEnded",
    context: { arn: row.arn },
  });
  return { ImportTableDescription: description(row) };
}

function description(row: ImportRow): ImportTableDescription {
  return {
    ImportArn: row.arn,
    ImportStatus: row.status,
    TableArn: row.tableArn,
    TableId: row.tableId,
    ...(row.clientToken === undefined ? {} : { ClientToken: row.clientToken }),
    S3BucketSource: { S3Bucket: row.bucket, ...(row.prefix === "" ? {} : { S3KeyPrefix: row.prefix }) },
    ErrorCount: row.errors ?? 0,
    InputFormat: row.format,
    InputCompressionType: row.compressed ? "GZIP" : "NONE",
    TableCreationParameters: row.parameters as unknown as TableCreationParameters,
    StartTime: new Date(row.startedAtMs),
    ...(row.endedAtMs === undefined ? {} : { EndTime: new Date(row.endedAtMs) }),
    ProcessedSizeBytes: row.sizeBytes ?? 0,
    ProcessedItemCount: row.processed ?? 0,
    ImportedItemCount: row.imported ?? 0,
    ...(row.failure === undefined
      ? {}
      : { FailureCode: row.failure.code, FailureMessage: row.failure.message }),
  };
}

export function describeImport(
  call: Call,
  input: Input<Client, "DescribeImport">,
): Output<Client, "DescribeImport"> {
  const row = imports.get(call.tx, [input.ImportArn]);
  if (row === undefined)
    throw new AwsError("ImportNotFoundException", `Import not found: ${input.ImportArn}`);
  return { ImportTableDescription: description(row) };
}

export function listImports(call: Call, input: Input<Client, "ListImports">): Output<Client, "ListImports"> {
  const rows = Array.from(imports.scan(call.tx, []), ({ value }) => value);
  const own = rows.filter(({ tableArn }) => input.TableArn === undefined || tableArn === input.TableArn);
  return {
    ImportSummaryList: own.map((row) => ({
      ImportArn: row.arn,
      ImportStatus: row.status,
      TableArn: row.tableArn,
      S3BucketSource: { S3Bucket: row.bucket },
      InputFormat: row.format,
      StartTime: new Date(row.startedAtMs),
      ...(row.endedAtMs === undefined ? {} : { EndTime: new Date(row.endedAtMs) }),
    })),
  };
}
