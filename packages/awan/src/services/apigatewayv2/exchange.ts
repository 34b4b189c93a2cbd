/** One request to the data plane, with everything that authorizers, integrations and mappings read of it. */
import type { Call } from "../../host/call.ts";
import type { ApiRow, RoutedRoute, StageRow } from "./keys.ts";

export interface Arrival {
  readonly method: string;
  readonly hostHeader: string;
  readonly target: string;
  /** Lower-case names; repeated headers joined with ", ". */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly sourceIp: string;
  readonly origin: string;
}

export interface Exchange {
  readonly arrival: Arrival;
  readonly api: ApiRow;
  readonly stage: StageRow;
  readonly routed: RoutedRoute;
  readonly pathParameters: Readonly<Record<string, string>>;
  /** Decoded, with the stage's name (or the mapping's key) in front unless it is the default stage. */
  readonly rawPath: string;
  /** Decoded, without the stage: what routes match. */
  readonly path: string;
  readonly query: string;
  readonly queryValues: ReadonlyMap<string, readonly string[]>;
  readonly domainName: string;
  readonly requestId: string;
  readonly accountId: string;
  readonly region: string;
  readonly receivedAtMs: number;
}

/** What an authorizer found out, as `requestContext.authorizer` shows it. */
export type Authorization =
  | { readonly kind: "none" }
  | {
      readonly kind: "jwt";
      readonly claims: Readonly<Record<string, string>>;
      readonly scopes: readonly string[] | null;
    }
  | {
      readonly kind: "lambda";
      readonly context: Readonly<Record<string, unknown>>;
      readonly principalId: string | undefined;
    }
  | { readonly kind: "iam"; readonly accessKey: string; readonly accountId: string; readonly arn: string };

/** What goes back to the client. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly string[];
  readonly body: string | Uint8Array;
}

/** What an authorizer says: what to tell the function, or what to tell the client. */
export type Verdict = { readonly passed: Authorization } | { readonly refused: Reply };

/** An answer of API Gateway's own. */
export const gatewayReply = (status: number, message: string): Reply => ({
  status,
  headers: { "content-type": "application/json" },
  cookies: [],
  body: JSON.stringify({ message }),
});

export const newRequestId = (call: Call): string => `${call.random.text(15)}=`;

/** Values by name, decoded, in the order of the query string. */
export function parseQuery(query: string): Map<string, string[]> {
  const values = new Map<string, string[]>();
  if (query === "") return values;
  for (const part of query.split("&")) {
    if (part === "") continue;
    const equals = part.indexOf("=");
    const name = decodeQuery(equals === -1 ? part : part.slice(0, equals));
    const value = equals === -1 ? "" : decodeQuery(part.slice(equals + 1));
    const list = values.get(name);
    if (list === undefined) values.set(name, [value]);
    else list.push(value);
  }
  return values;
}

function decodeQuery(text: string): string {
  const spaced = text.replaceAll("+", " ");
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}
