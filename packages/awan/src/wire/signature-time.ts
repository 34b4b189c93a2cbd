/** When a request was signed, and whether that is near enough to now. */
import type { HttpRequest } from "../host/http.ts";
import type { Credential } from "./credential.ts";
import type { RequestUrl } from "./request-url.ts";
import { type Dialect, refusal, s3Refusal } from "./signature-errors.ts";

export interface SignedAt {
  /** `20260101T120000Z`, as it stands in the string to sign. */
  readonly amzDate: string;
  readonly atMs: number;
  /** Of a presigned URL: how long it is valid. */
  readonly expiresSeconds: number | undefined;
}

const skewMsMax = 15 * 60_000;
const presignedSecondsMax = 604_800;
const basicFormat = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/;

/** Reads `X-Amz-Date` (query or header) or `Date`. */
export function signedAtOf(
  credential: Credential,
  request: HttpRequest,
  url: RequestUrl,
  dialect: Dialect,
): SignedAt {
  if (credential.source === "query") return presignedAt(url, dialect);
  const amzDate = request.headers["x-amz-date"];
  const date = request.headers["date"];
  if (amzDate !== undefined) {
    const atMs = parseBasic(amzDate);
    if (atMs !== undefined) return { amzDate, atMs, expiresSeconds: undefined };
  } else if (date !== undefined) {
    const atMs = parseBasic(date) ?? Date.parse(date);
    if (!Number.isNaN(atMs)) return { amzDate: formatBasic(atMs), atMs, expiresSeconds: undefined };
  }
  if (dialect === "s3")
    throw s3Refusal.denied("AWS authentication requires a valid Date or x-amz-date header");
  throw notBasic(dialect, amzDate ?? date ?? "");
}

function presignedAt(url: RequestUrl, dialect: Dialect): SignedAt {
  const amzDate = url.query.get("X-Amz-Date")?.[0] ?? "";
  const atMs = parseBasic(amzDate);
  if (atMs === undefined) {
    if (dialect !== "s3") throw notBasic(dialect, amzDate);
    throw s3Refusal.badQuery(`X-Amz-Date must be in the ISO8601 Long Format "yyyyMMdd'T'HHmmss'Z'"`);
  }
  const text = url.query.get("X-Amz-Expires")?.[0];
  const expiresSeconds = text === undefined || text === "" ? skewMsMax / 1000 : Number(text);
  if (dialect === "s3") {
    if (!Number.isInteger(expiresSeconds)) throw s3Refusal.badQuery("X-Amz-Expires should be a number");
    if (expiresSeconds < 0) throw s3Refusal.badQuery("X-Amz-Expires must be non-negative");
    if (expiresSeconds > presignedSecondsMax) {
      throw s3Refusal.badQuery(
        "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds",
      );
    }
  }
  return { amzDate, atMs, expiresSeconds };
}

function notBasic(dialect: Dialect, value: string): Error {
  return refusal(
    "incomplete",
    dialect,
    `Date must be in ISO-8601 'basic format'. Got '${value}'. See http://en.wikipedia.org/wiki/ISO_8601`,
  );
}

function parseBasic(text: string): number | undefined {
  const [, year, month, day, hour, minute, second] = basicFormat.exec(text) ?? [];
  if (year === undefined) return undefined;
  const atMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(atMs) ? undefined : atMs;
}

function formatBasic(atMs: number): string {
  return new Date(atMs).toISOString().replaceAll(/[-:]|\.\d{3}/g, "");
}

/** Throws when the signature is no longer, or not yet, valid. */
export function checkTime(signedAt: SignedAt, dialect: Dialect, nowMs: number): void {
  if (dialect === "s3") checkS3Time(signedAt, nowMs);
  else checkOtherTime(signedAt, dialect, nowMs);
}

function checkS3Time({ atMs, amzDate, expiresSeconds }: SignedAt, nowMs: number): void {
  const ServerTime = new Date(nowMs).toISOString().replace(/\.\d{3}/, "");
  if (expiresSeconds === undefined) {
    if (Math.abs(nowMs - atMs) <= skewMsMax) return;
    throw refusal("late", "s3", undefined, {
      RequestTime: amzDate,
      ServerTime,
      MaxAllowedSkewMilliseconds: String(skewMsMax),
    });
  }
  if (atMs - nowMs > skewMsMax) throw s3Refusal.denied("Request is not valid yet", { ServerTime });
  const endMs = atMs + expiresSeconds * 1000;
  if (nowMs <= endMs) return;
  throw s3Refusal.denied("Request has expired", {
    "X-Amz-Expires": String(expiresSeconds),
    Expires: new Date(endMs).toISOString().replace(/\.\d{3}/, ""),
    ServerTime,
  });
}

function checkOtherTime(signedAt: SignedAt, dialect: Dialect, nowMs: number): void {
  const { atMs, amzDate, expiresSeconds } = signedAt;
  const validMs = expiresSeconds === undefined ? skewMsMax : expiresSeconds * 1000;
  if (nowMs - atMs > validMs) {
    if (dialect === "ec2") throw refusal("late", dialect);
    const range = `(${formatBasic(nowMs)} - ${Math.floor(validMs / 60_000)} min.)`;
    const message = `Signature expired: ${amzDate} is now earlier than ${formatBasic(nowMs - validMs)} ${range}`;
    throw refusal("late", dialect, message);
  }
  if (atMs - nowMs > skewMsMax) {
    const range = `(${formatBasic(nowMs)} + ${skewMsMax / 60_000} min.)`;
    const message = `Signature not yet current: ${amzDate} is still later than ${formatBasic(nowMs + skewMsMax)} ${range}`;
    throw refusal("late", dialect, message);
  }
}
