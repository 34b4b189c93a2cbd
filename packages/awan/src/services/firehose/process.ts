/**
 * What happens to a record on its way to the destination's lane: backed up, transformed by a function, decompressed, taken
 * apart, given partition keys and a delimiter. What fails goes to the error prefix.
 */
import { gunzipSync } from "node:zlib";
import { notImplemented } from "../../kernel/errors.ts";
import { add, wholeLane } from "./buffer.ts";
import type { Failure, Processing, RecordOrigin, RecordRow } from "./keys.ts";
import { compileQuery } from "./metadata-query.ts";
import { type PartitionKeys, partitionNames } from "./object-key.ts";
import {
  deaggregator,
  decompressor,
  delimiterAppender,
  extractor,
  logsExtractor,
  parameter,
  transformer,
} from "./processors.ts";
import type { Located } from "./stream.ts";

/** Takes a record as it was put; returns its number. */
export function accept(
  located: Located,
  data: Uint8Array,
  origin: RecordOrigin | null,
  atMs: number,
): number {
  const { destination } = located.stream;
  const record: RecordRow = { data, atMs, origin, failure: null };
  const keepsSource =
    destination.kind === "s3" ? destination.backup !== null : destination.backupMode === "AllData";
  if (keepsSource) add(located, "backup", wholeLane, record);
  if (transformer(destination.processing) !== undefined) return add(located, "transform", wholeLane, record);
  return toDestination(located, record, undefined);
}

/** Puts a record, transformed or not, into the lane of its partition. */
export function toDestination(
  located: Located,
  record: RecordRow,
  fromLambda: Readonly<Record<string, string>> | undefined,
): number {
  const { processing } = located.stream.destination;
  let number = 0;
  for (const data of piecesOf(processing, record.data)) {
    const piece: RecordRow = { data, atMs: record.atMs, origin: record.origin, failure: null };
    const lane = laneOf(located, piece, fromLambda);
    number =
      typeof lane === "string"
        ? add(located, "main", lane, delimited(processing, piece))
        : fail(located, record, lane);
  }
  return number;
}

/** The records a record holds, when it is taken apart. */
function piecesOf(processing: Processing, data: Uint8Array): Uint8Array[] {
  let content = data;
  if (decompressor(processing) !== undefined) content = unzipped(data);
  if (logsExtractor(processing) !== undefined) return [messagesOf(content)];
  const type = parameter(deaggregator(processing), "SubRecordType");
  if (type === undefined) return [content];
  const text = Buffer.from(content).toString("utf8");
  if (type === "JSON") return splitJson(text).map((each) => Buffer.from(each, "utf8"));
  const delimiter = Buffer.from(parameter(deaggregator(processing), "Delimiter") ?? "", "base64").toString(
    "utf8",
  );
  return text
    .split(delimiter === "" ? "\n" : delimiter)
    .filter((each) => each !== "")
    .map((each) => Buffer.from(each, "utf8"));
}

function unzipped(data: Uint8Array): Uint8Array {
  try {
    return gunzipSync(data);
  } catch {
    return data;
  }
}

/** The messages of a record of CloudWatch Logs, one a line. */
function messagesOf(data: Uint8Array): Uint8Array {
  try {
    const record = JSON.parse(Buffer.from(data).toString("utf8")) as { logEvents?: { message: string }[] };
    return Buffer.from((record.logEvents ?? []).map(({ message }) => `${message}\n`).join(""), "utf8");
  } catch {
    return data;
  }
}

/** JSON values one after another, with or without space between. */
function splitJson(text: string): string[] {
  const values: string[] = [];
  let depth = 0;
  let start = -1;
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (isQuoted) {
      if (char === "\\") at += 1;
      else if (char === '"') isQuoted = false;
    } else if (char === '"') isQuoted = true;
    else if (char === "{" || char === "[") {
      if (depth === 0) start = at;
      depth += 1;
    } else if (char === "}" || char === "]") {
      depth -= 1;
      if (depth === 0 && start >= 0) values.push(text.slice(start, at + 1));
    }
  }
  return values.length === 0 ? [text] : values;
}

type Refusal = Pick<Failure, "code" | "message">;

/** The lane of a record's partition keys, or why it has none. */
function laneOf(
  { stream }: Located,
  { data }: RecordRow,
  fromLambda: Readonly<Record<string, string>> | undefined,
): string | Refusal {
  const { destination } = stream;
  if (destination.kind !== "s3" || destination.partitioning === null) return wholeLane;
  const prefix = destination.target.Prefix ?? "";
  const queryText = parameter(extractor(destination.processing), "MetadataExtractionQuery");
  let query: Record<string, string> = {};
  if (queryText !== undefined) {
    let parsed: unknown;
    try {
      parsed = JSON.parse(Buffer.from(data).toString("utf8"));
    } catch {
      return {
        code: "DynamicPartitioning.MetadataExtractionFailed",
        message: "Non JSON record provided",
      };
    }
    query = compileQuery(queryText)(parsed);
  }
  const missing = [
    ...partitionNames(prefix, "Query").filter((name) => !(query[name] ?? "")),
    ...partitionNames(prefix, "Lambda").filter((name) => !(fromLambda?.[name] ?? "")),
  ];
  if (missing.length > 0) {
    return {
      code: "DynamicPartitioning.MetadataExtractionFailed",
      message: `partitionKeys values must not be null or empty: ${missing.join(", ")}`,
    };
  }
  const keys: PartitionKeys = { query, ...(fromLambda === undefined ? {} : { lambda: fromLambda }) };
  return JSON.stringify(keys);
}

/** The partition keys a lane stands for. */
export const partitionKeysOf = (lane: string): PartitionKeys =>
  lane === wholeLane ? {} : (JSON.parse(lane) as PartitionKeys);

function delimited(processing: Processing, record: RecordRow): RecordRow {
  const appender = delimiterAppender(processing);
  if (appender === undefined) return record;
  const delimiter = (parameter(appender, "Delimiter") ?? "\\n").replaceAll("\\n", "\n");
  const data = Buffer.concat([record.data, Buffer.from(delimiter, "utf8")]);
  return { data, atMs: record.atMs, origin: record.origin, failure: record.failure };
}

/** Puts a record into the lane of the error prefix. */
export function fail(
  located: Located,
  record: RecordRow,
  { code, message }: Refusal,
  more: { readonly attempts?: number; readonly lambdaArn?: string; readonly errorType?: string } = {},
): number {
  const failure: Failure = {
    attempts: more.attempts ?? 1,
    code,
    message,
    atMs: located.call.nowMs,
    lambdaArn: more.lambdaArn ?? null,
  };
  const { atMs, data, origin } = record;
  const sink = `error/${more.errorType ?? "processing-failed"}` as const;
  return add(located, sink, wholeLane, { data, atMs, origin, failure });
}

/** Refuses processors Awan does not know, and queries it cannot read. */
export function checkProcessing({ Processors }: Processing): void {
  const known = [
    "Lambda",
    "MetadataExtraction",
    "RecordDeAggregation",
    "AppendDelimiterToRecord",
    "Decompression",
    "CloudWatchLogProcessing",
  ];
  for (const { Type } of Processors) {
    if (!known.includes(Type)) throw notImplemented(`firehose: the processor ${Type}`);
  }
  const query = Processors.find(({ Type }) => Type === "MetadataExtraction");
  const text = parameter(query, "MetadataExtractionQuery");
  if (text !== undefined) compileQuery(text);
}
