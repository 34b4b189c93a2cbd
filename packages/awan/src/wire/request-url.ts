/** A request target, split without `new URL()`: that would normalise what S3 keys and ARNs need byte by byte. */

export interface RequestUrl {
  /** As received: percent-encoded, never normalised, and never empty. */
  readonly path: string;
  /** As received, without the question mark. */
  readonly rawQuery: string;
  /** Decoded names and values, in order of first appearance; `a` and `a=` both have the value "". */
  readonly query: ReadonlyMap<string, readonly string[]>;
}

const noQuery: ReadonlyMap<string, readonly string[]> = new Map();

export function splitUrl(target: string): RequestUrl {
  const local = target.startsWith("/") ? target : withoutAuthority(target);
  const mark = local.indexOf("?");
  if (mark < 0) return { path: local, rawQuery: "", query: noQuery };
  const rawQuery = local.slice(mark + 1);
  return { path: mark === 0 ? "/" : local.slice(0, mark), rawQuery, query: parseQuery(rawQuery) };
}

/** Clients behind a proxy send the whole URL as their target. */
function withoutAuthority(target: string): string {
  const local = /^[a-z][a-z\d+.-]*:\/\/[^/?#]*(.*)$/is.exec(target)?.[1] ?? target;
  return local === "" ? "/" : local;
}

export function parseQuery(rawQuery: string): ReadonlyMap<string, readonly string[]> {
  if (rawQuery === "") return noQuery;
  const query = new Map<string, string[]>();
  for (const pair of rawQuery.split("&")) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    const name = decodeQueryPart(equals < 0 ? pair : pair.slice(0, equals));
    const value = equals < 0 ? "" : decodeQueryPart(pair.slice(equals + 1));
    const values = query.get(name);
    if (values === undefined) query.set(name, [value]);
    else values.push(value);
  }
  return query;
}

/** Decodes a name or value of a query; what is not valid percent-encoded UTF-8 stays as it is. */
export function decodeQueryPart(part: string): string {
  if (!part.includes("%") && !part.includes("+")) return part;
  return decodePathPart(part.replaceAll("+", " "));
}

/** Decodes a part of a path; what is not valid percent-encoded UTF-8 stays as it is. */
export function decodePathPart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
