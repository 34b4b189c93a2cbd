/**
 * The canonical form of a request, over which signature version 4 is computed. All text is treated as the bytes that
 * came over the wire, one character each, so that nothing depends on whether they were valid UTF-8.
 */

export interface CanonicalParts {
  readonly method: string;
  /** As received. */
  readonly path: string;
  /** As received, without the question mark. */
  readonly rawQuery: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signedHeaders: readonly string[];
  readonly payloadHash: string;
  /** S3 takes paths as they are; all others normalise them and encode what is encoded once more. */
  readonly isS3: boolean;
  /** Take ", " in header values as the seam of repeated headers, which AWS joins with ",". */
  readonly isJoinedTightly?: boolean;
}

export function canonicalRequest(parts: CanonicalParts): string {
  const { method, path, rawQuery, signedHeaders, payloadHash } = parts;
  let lines = "";
  for (const name of signedHeaders) lines += `${name}:${headerValue(parts, name)}\n`;
  const canonicalPath = parts.isS3 ? recodePath(path) : encodeReceived(normalizePath(path));
  return `${method}\n${canonicalPath}\n${canonicalQuery(rawQuery)}\n${lines}\n${signedHeaders.join(";")}\n${payloadHash}`;
}

function headerValue({ headers, isJoinedTightly }: CanonicalParts, name: string): string {
  // Over HTTP/2 clients sign the pseudo-header, which reaches us as `host`.
  const value = (headers[name === ":authority" ? "host" : name] ?? "").trim();
  const single = value.includes("  ") ? value.replaceAll(/ {2,}/g, " ") : value;
  return isJoinedTightly === true ? single.replaceAll(/, */g, ",") : single;
}

/** Sorted by encoded name, then value. The signature of a presigned URL is not part of what it signs. */
function canonicalQuery(rawQuery: string): string {
  if (rawQuery === "") return "";
  const pairs: { readonly name: string; readonly value: string }[] = [];
  for (const pair of rawQuery.split("&")) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    const name = recode(equals < 0 ? pair : pair.slice(0, equals), "%20");
    if (name === "X-Amz-Signature") continue;
    pairs.push({ name, value: equals < 0 ? "" : recode(pair.slice(equals + 1), "%20") });
  }
  pairs.sort((a, b) => order(a.name, b.name) || order(a.value, b.value));
  return pairs.map(({ name, value }) => `${name}=${value}`).join("&");
}

function order(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Without empty segments and dots: `/a//b/../c/` is `/a/c/`. */
function normalizePath(path: string): string {
  if (!path.includes("//") && !path.includes("/.")) return path;
  const segments: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "..") segments.pop();
    else if (segment !== "" && segment !== ".") segments.push(segment);
  }
  const end = segments.length > 0 && path.endsWith("/") ? "/" : "";
  return `/${segments.join("/")}${end}`;
}

const unreserved = /^[A-Za-z0-9\-._~]*$/;

/** Every byte as received but slashes encoded, an encoded one (`%20`) thus once more (`%2520`). */
function encodeReceived(path: string): string {
  return path.replaceAll(/[^A-Za-z0-9\-._~/]/gu, encodeCharacter);
}

/** Decoded and encoded again in the one canonical way. */
function recodePath(path: string): string {
  return path
    .split("/")
    .map((segment) => recode(segment, "%2B"))
    .join("/");
}

function recode(part: string, plus: string): string {
  if (unreserved.test(part)) return part;
  return part.replaceAll(/%[0-9A-Fa-f]{2}|[^A-Za-z0-9\-._~]/gu, (match) => {
    if (match === "+") return plus;
    if (match.length !== 3) return encodeCharacter(match); // no escape, or a stray percent sign
    const character = String.fromCharCode(Number.parseInt(match.slice(1), 16));
    return unreserved.test(character) ? character : match.toUpperCase();
  });
}

function encodeCharacter(character: string): string {
  // Beyond one byte only in requests that were made in this process.
  const isByte = character.charCodeAt(0) <= 0xff;
  const bytes = Buffer.from(character, isByte ? "latin1" : "utf8");
  return bytes.toString("hex").toUpperCase().replaceAll(/../g, "%$&");
}
