/**
 * Which API a data plane request means, from its host (`a1b2c3.execute-api.us-east-1.amazonaws.com`, any suffix, or a
 * custom domain) or from its path (`/_aws/execute-api/a1b2c3/…`).
 */
export interface Address {
  /** The API's id, or undefined when `host` may be a custom domain. */
  readonly apiId: string | undefined;
  /** Without the port. */
  readonly host: string;
  /** Percent-encoded, from its first slash on; the stage may be its first segment. */
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
}

const hostPattern = /^([a-z0-9]+)\.execute-api\./i;
const pathPattern = /^\/_aws\/execute-api\/([a-z0-9]+)(\/.*)?$/i;

export function parseAddress(hostHeader: string, target: string): Address {
  const mark = target.indexOf("?");
  const path = mark === -1 ? target : target.slice(0, mark);
  const query = mark === -1 ? "" : target.slice(mark + 1);
  const host = hostHeader.replace(/:\d+$/, "").toLowerCase();
  const byPath = pathPattern.exec(path);
  if (byPath !== null)
    return { apiId: (byPath[1] as string).toLowerCase(), host, path: byPath[2] ?? "/", query };
  const byHost = hostPattern.exec(host);
  return { apiId: byHost?.[1], host, path: path === "" ? "/" : path, query };
}

/** The path's first segment and what follows it: `/dev/orders` → `["dev", "/orders"]`. */
export function splitFirst(path: string): readonly [segment: string, rest: string] {
  const slash = path.indexOf("/", 1);
  return slash === -1 ? [path.slice(1), "/"] : [path.slice(1, slash), path.slice(slash)];
}

/** Percent-decodes what can be decoded. */
export function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
