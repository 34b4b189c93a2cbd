/**
 * Keys of delivered objects: the prefix with its expressions evaluated, then the stream's name, version, time and a
 * random part. https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html
 */
import { invalidArgument } from "./errors.ts";
import type { S3Target } from "./keys.ts";

export interface KeyParts {
  readonly target: S3Target;
  readonly streamName: string;
  readonly version: number;
  /** Of the first record. */
  readonly atMs: number;
  readonly uuid: string;
  readonly random: string;
  readonly partitionKeys: PartitionKeys;
  /** Set for what could not be processed or delivered: `processing-failed`. */
  readonly errorType: string | undefined;
}

export interface PartitionKeys {
  readonly query?: Readonly<Record<string, string>>;
  readonly lambda?: Readonly<Record<string, string>>;
}

const defaultDate = "!{timestamp:yyyy/MM/dd/HH/}";
const expression = /!\{(\w+):([^}]*)\}/g;

/** Whether the prefix names partition keys, so that records go to a lane for each. */
export const partitionNames = (prefix: string, space: "Query" | "Lambda"): string[] =>
  Array.from(
    prefix.matchAll(new RegExp(`!\\{partitionKeyFrom${space}:([^}]*)\\}`, "g")),
    (match) => match[1] ?? "",
  );

/** The prefix as it is evaluated: what it lacks is added as AWS adds it. */
function completed({ Prefix = "", ErrorOutputPrefix }: S3Target, errorType: string | undefined): string {
  if (errorType === undefined) {
    const isDated = Prefix.includes("!{timestamp:") || Prefix.includes("!{partitionKeyFrom");
    return isDated ? Prefix : Prefix + defaultDate;
  }
  const plain = Prefix.includes("!{") ? "" : Prefix;
  let prefix = ErrorOutputPrefix ?? plain;
  if (!prefix.includes("!{firehose:error-output-type}")) prefix += "!{firehose:error-output-type}/";
  return prefix.includes("!{timestamp:") ? prefix : prefix + defaultDate;
}

export function objectKey(parts: KeyParts): string {
  const { target, streamName, version, atMs, uuid, random, partitionKeys, errorType } = parts;
  const zone = target.CustomTimeZone;
  const prefix = completed(target, errorType).replaceAll(expression, (whole, space: string, name: string) => {
    if (space === "timestamp") return formatTime(atMs, name, zone);
    if (space === "partitionKeyFromQuery") return partitionKeys.query?.[name] ?? "";
    if (space === "partitionKeyFromLambda") return partitionKeys.lambda?.[name] ?? "";
    if (name === "random-string") return random;
    return name === "error-output-type" ? (errorType ?? "") : whole;
  });
  const time = formatTime(atMs, "yyyy-MM-dd-HH-mm-ss", zone);
  return `${prefix}${streamName}-${version}-${time}-${uuid}${extensionOf(target)}`;
}

const extensions: Readonly<Record<string, string>> = { GZIP: ".gz", ZIP: ".zip" };

const extensionOf = ({ CompressionFormat, FileExtension }: S3Target): string =>
  FileExtension !== undefined && FileExtension !== "" ? FileExtension : (extensions[CompressionFormat] ?? "");

/** Java's DateTimeFormatter, as far as prefixes need it. */
export function formatTime(atMs: number, pattern: string, zone = "UTC"): string {
  const fields = fieldsOf(atMs, zone);
  return pattern.replaceAll(
    /'([^']*)'|([A-Za-z])\2*/g,
    (run, literal: string | undefined, letter: string) => {
      if (literal !== undefined) return literal === "" ? "'" : literal;
      const value = fields[letter];
      if (value === undefined)
        throw invalidArgument(`Unknown pattern letter in a timestamp expression: ${letter}`);
      if (letter === "y" || letter === "Y" || letter === "u") {
        return run.length === 2 ? value.slice(-2) : value.padStart(run.length, "0");
      }
      if (letter === "M" || letter === "L" || letter === "E") return nameOf(letter, value, run.length);
      return letter === "S"
        ? value.padEnd(run.length, "0").slice(0, run.length)
        : value.padStart(run.length, "0");
    },
  );
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function nameOf(letter: string, value: string, length: number): string {
  if (letter === "E") return value;
  return length < 3 ? value.padStart(length, "0") : (months[Number(value) - 1] ?? value);
}

function fieldsOf(atMs: number, zone: string): Readonly<Record<string, string>> {
  const parts: Record<string, string> = {};
  const formatter = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
    weekday: "short",
  });
  for (const { type, value } of formatter.formatToParts(atMs)) parts[type] = value;
  const { year = "", month = "", day = "", hour = "", minute = "", second = "", weekday = "" } = parts;
  const dayOfYear =
    (Date.UTC(Number(year), Number(month) - 1, Number(day)) - Date.UTC(Number(year), 0, 1)) / 86_400_000 + 1;
  const hours = Number(hour);
  return {
    y: year,
    Y: year,
    u: year,
    M: month,
    L: month,
    d: day,
    D: String(dayOfYear),
    H: hour,
    h: String(hours % 12 === 0 ? 12 : hours % 12),
    a: hours < 12 ? "AM" : "PM",
    m: minute,
    s: second,
    S: String(atMs % 1000).padStart(3, "0"),
    E: weekday,
  };
}

/** Refuses prefixes AWS refuses: partition keys and error types in the wrong place, unknown expressions. */
export function checkPrefixes({ Prefix, ErrorOutputPrefix }: S3Target, isPartitioned: boolean): void {
  for (const [prefix, isError] of [
    [Prefix ?? "", false],
    [ErrorOutputPrefix ?? "", true],
  ] as const) {
    for (const [, space = "", name = ""] of prefix.matchAll(expression))
      checkExpression(space, name, isError);
  }
  const hasExpression = (Prefix ?? "").includes("!{");
  if (hasExpression && (ErrorOutputPrefix ?? "") === "") {
    throw invalidArgument("ErrorOutputPrefix cannot be null or empty when Prefix contains expressions.");
  }
  if (!isPartitioned && (Prefix ?? "").includes("!{partitionKeyFrom")) {
    throw invalidArgument(
      "S3 Prefix should not contain Dynamic Partitioning namespaces when Dynamic Partitioning is disabled",
    );
  }
  if (isPartitioned && !(Prefix ?? "").includes("!{partitionKeyFrom")) {
    throw invalidArgument(
      "S3 Prefix should contain Dynamic Partitioning namespaces when Dynamic Partitioning is enabled",
    );
  }
}

function checkExpression(space: string, name: string, isError: boolean): void {
  const isKnown =
    (space === "timestamp" && formatTime(0, name) !== "") ||
    (space === "firehose" && (name === "random-string" || (isError && name === "error-output-type"))) ||
    (!isError && (space === "partitionKeyFromQuery" || space === "partitionKeyFromLambda"));
  if (!isKnown) {
    throw invalidArgument(
      `Invalid expression in ${isError ? "ErrorOutputPrefix" : "Prefix"}: !{${space}:${name}}`,
    );
  }
}
