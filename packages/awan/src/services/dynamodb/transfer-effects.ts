/**
 * The shell's part of exports and imports: reads or writes S3 through its own operations, and the table a bounded piece
 * per transaction. An export is of one moment, however long it takes: recovery remembers what changes meanwhile.
 */
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { gunzipSync, gzipSync } from "node:zlib";
import type { Completion, Effect, EffectContext } from "../../host/service.ts";
import { normalizeItem } from "../../engines/dynamo-expression/validate-value.ts";
import type { Item } from "../../engines/dynamo-expression/value.ts";
import { AwsError } from "../../kernel/errors.ts";
import type { TuplePart } from "../../store/tuple.ts";
import { statesAt } from "./history.ts";
import { itemFromCsv, itemFromJson, jsonItem } from "./json-item.ts";
import { checkIndexKeys, checkItemKeys } from "./item-key.ts";
import { tables } from "./keys.ts";
import type { TableRow } from "./schema.ts";
import { exports, type ExportRow, imports, type ImportRow } from "./transfers.ts";
import { readItem, writeItem } from "./write.ts";

const itemsPerPiece = 500;

interface Exported {
  readonly manifest: string;
  readonly items: number;
  readonly sizeBytes: number;
}

async function put(
  context: EffectContext,
  bucket: string,
  key: string,
  body: string | Buffer,
): Promise<void> {
  const bytes = Buffer.from(body);
  const input = { Bucket: bucket, Key: key, Body: Readable.from([bytes]), ContentLength: bytes.length };
  await context.shell.invoke("s3", "PutObject", input, { ...context.scope });
}

/** Writes the items as gzipped lines, and the two manifests AWS writes. */
export const exportTable: Effect = async (context: EffectContext, request: ExportRow): Promise<Exported> => {
  const lines: string[] = [];
  let sizeBytes = 0;
  let after: readonly TuplePart[] | null = null;
  for (let more = true; more;) {
    const from = after;
    const piece = await context.shell.run({ name: "dynamodb.export", ...context.scope }, (call) => {
      const found: { own: readonly TuplePart[]; line: string; size: number }[] = [];
      for (const { own, row } of statesAt(call, request.storage, request.atMs, from)) {
        const line = row === undefined ? "" : JSON.stringify({ Item: jsonItem(row.item) });
        found.push({ own, line, size: row?.sizeBytes ?? 0 });
        if (found.length === itemsPerPiece) break;
      }
      return found;
    });
    for (const { line, size } of piece) {
      if (line !== "") lines.push(line);
      sizeBytes += size;
    }
    after = piece.at(-1)?.own ?? null;
    more = piece.length === itemsPerPiece;
  }
  const id = request.arn.split("/").at(-1) ?? "";
  const base = `${request.prefix === "" ? "" : `${request.prefix.replace(/\/$/, "")}/`}AWSDynamoDB/${id}`;
  const dataKey = `${base}/data/${createHash("md5").update(request.arn).digest("hex").slice(0, 26)}.json.gz`;
  const data = gzipSync(lines.length === 0 ? "" : `${lines.join("\n")}\n`);
  await put(context, request.bucket, dataKey, data);
  const md5 = createHash("md5").update(data);
  const md5Checksum = md5.copy().digest("base64");
  const files = { itemCount: lines.length, md5Checksum, etag: md5.digest("hex"), dataFileS3Key: dataKey };
  await put(context, request.bucket, `${base}/manifest-files.json`, `${JSON.stringify(files)}\n`);
  const manifest = `${base}/manifest-summary.json`;
  await put(
    context,
    request.bucket,
    manifest,
    JSON.stringify(summary(request, base, lines.length, sizeBytes)),
  );
  return { manifest, items: lines.length, sizeBytes };
};

const iso = (ms: number): string => new Date(ms).toISOString();

function summary(request: ExportRow, base: string, items: number, sizeBytes: number): object {
  return {
    version: "2020-06-30",
    exportArn: request.arn,
    startTime: iso(request.startedAtMs),
    endTime: iso(request.startedAtMs),
    tableArn: request.tableArn,
    tableId: request.tableId,
    exportTime: iso(request.atMs),
    s3Bucket: request.bucket,
    s3Prefix: request.prefix === "" ? null : request.prefix,
    s3SseAlgorithm: "AES256",
    s3SseKmsKeyId: null,
    manifestFilesS3Key: `${base}/manifest-files.json`,
    billedSizeBytes: sizeBytes,
    itemCount: items,
    outputFormat: "DYNAMODB_JSON",
    exportType: "FULL_EXPORT",
  };
}

interface Imported {
  readonly processed: number;
  readonly imported: number;
  readonly errors: number;
  readonly sizeBytes: number;
}

export const importTable: Effect = async (context: EffectContext, request: ImportRow): Promise<Imported> => {
  const total = { processed: 0, imported: 0, errors: 0, sizeBytes: 0 };
  const listing = await context.shell.invoke(
    "s3",
    "ListObjectsV2",
    { Bucket: request.bucket, Prefix: request.prefix },
    { ...context.scope },
  );
  const objects = (listing["Contents"] ?? []) as readonly { readonly Key: string }[];
  for (const { Key } of objects) {
    const bytes = await readObject(context, request.bucket, Key);
    total.sizeBytes += bytes.length;
    const text = (request.compressed ? gunzipSync(bytes) : bytes).toString("utf8");
    const items = parseItems(text, request);
    for (let at = 0; at < items.length; at += itemsPerPiece) {
      const piece = items.slice(at, at + itemsPerPiece);
      const stored = await context.shell.run({ name: "dynamodb.import", ...context.scope }, (call) => {
        const table = tables.get(call.tx, [request.tableName]);
        if (table === undefined) return 0;
        return piece.filter((item) => {
          const result = call.tx.draft.attempt(() => {
            if (item === undefined) throw new AwsError("ValidationException", "not an item");
            const normal = normalizeItem(request.format === "CSV" ? withKeyTypes(table, item) : item);
            checkItemKeys(table, normal);
            checkIndexKeys(table, normal);
            writeItem(call, { table, before: readItem(call, table, normal), after: normal });
          });
          return !(result instanceof AwsError);
        }).length;
      });
      total.processed += piece.length;
      total.imported += stored;
      total.errors += piece.length - stored;
    }
  }
  return total;
};

/** CSV has only text: key attributes take the types of the table's keys. */
function withKeyTypes(table: TableRow, item: Item): Item {
  const typed: Record<string, Item[string]> = { ...item };
  for (const { name, type } of table.definitions) {
    const text = item[name]?.S;
    if (text === undefined || type === "S") continue;
    typed[name] = type === "N" ? { N: text } : { B: new Uint8Array(Buffer.from(text, "base64")) };
  }
  return typed;
}

async function readObject(context: EffectContext, bucket: string, key: string): Promise<Buffer> {
  const { Body: body } = await context.shell.invoke(
    "s3",
    "GetObject",
    { Bucket: bucket, Key: key },
    { ...context.scope },
  );
  if (body instanceof Uint8Array) return Buffer.from(body);
  if (typeof body === "string") return Buffer.from(body);
  if (body instanceof Readable) return Buffer.concat(await body.toArray());
  const { blob, start, end } = body as {
    readonly blob: string;
    readonly start: number;
    readonly end: number;
  };
  return Buffer.from(await context.shell.blobs.read(blob, start, end));
}

function parseItems(text: string, { format, csv }: ImportRow): readonly (Item | undefined)[] {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  if (format === "DYNAMODB_JSON") return lines.map(itemFromJson);
  const headers = csv.headers ?? lines.shift()?.split(csv.delimiter) ?? [];
  return lines.map((line) => itemFromCsv(headers, line.split(csv.delimiter)));
}

/** Told how an export or import ended. */
export const exportEnded: Completion = (call, context, outcome) => {
  const { arn } = context as { readonly arn: string };
  const row = exports.get(call.tx, [arn]);
  if (row === undefined) return;
  const ended = { ...row, endedAtMs: call.nowMs };
  if (outcome.ok)
    exports.set(call.tx, [arn], { ...ended, status: "COMPLETED", ...(outcome.value as Exported) });
  else
    exports.set(call.tx, [arn], {
      ...ended,
      status: "FAILED",
      failure: { code: outcome.code, message: outcome.message },
    });
};

export const importEnded: Completion = (call, context, outcome) => {
  const { arn } = context as { readonly arn: string };
  const row = imports.get(call.tx, [arn]);
  if (row === undefined) return;
  const ended = { ...row, endedAtMs: call.nowMs };
  if (outcome.ok)
    imports.set(call.tx, [arn], { ...ended, status: "COMPLETED", ...(outcome.value as Imported) });
  else
    imports.set(call.tx, [arn], {
      ...ended,
      status: "FAILED",
      failure: { code: outcome.code, message: outcome.message },
    });
};
