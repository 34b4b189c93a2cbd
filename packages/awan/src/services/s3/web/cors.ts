/** CORS: a bucket's rules, checked; and the headers they give a browser, for preflights and for answers. */
import { invalidRequest, malformedXml } from "../errors.ts";
import { limits } from "../limits.ts";

export interface CorsRule {
  readonly ID?: string | undefined;
  readonly AllowedHeaders?: readonly string[] | undefined;
  readonly AllowedMethods?: readonly string[] | undefined;
  readonly AllowedOrigins?: readonly string[] | undefined;
  readonly ExposeHeaders?: readonly string[] | undefined;
  readonly MaxAgeSeconds?: number | undefined;
}

export interface CorsConfig {
  readonly CORSRules: readonly CorsRule[];
}

const methods = new Set(["GET", "PUT", "HEAD", "POST", "DELETE"]);

export function checkCors(config: CorsConfig | undefined): asserts config is CorsConfig {
  const rules = config?.CORSRules;
  if (rules === undefined || rules.length === 0 || rules.length > limits.corsRulesMax) throw malformedXml();
  for (const {
    AllowedMethods: allowed,
    AllowedOrigins: origins,
    AllowedHeaders: headers = [],
    ExposeHeaders: exposed = [],
  } of rules) {
    if (allowed === undefined || allowed.length === 0 || origins === undefined || origins.length === 0)
      throw malformedXml();
    for (const method of allowed) {
      if (!methods.has(method))
        throw invalidRequest(`Found unsupported HTTP method in CORS config. Unsupported method is ${method}`);
    }
    for (const origin of origins) {
      if (origin.split("*").length > 2)
        throw invalidRequest(`AllowedOrigin "${origin}" can not have more than one wildcard.`);
    }
    for (const header of headers) {
      if (header.split("*").length > 2)
        throw invalidRequest(`AllowedHeader "${header}" can not have more than one wildcard.`);
    }
    for (const header of exposed) {
      if (header.includes("*"))
        throw invalidRequest(
          `ExposeHeader "${header}" contains wildcard. We currently do not support wildcard for ExposeHeader.`,
        );
    }
  }
}

/** One `*` stands for anything. */
function fits(pattern: string, text: string): boolean {
  const star = pattern.indexOf("*");
  if (star === -1) return pattern === text;
  const [before, after] = [pattern.slice(0, star), pattern.slice(star + 1)];
  return text.length >= pattern.length - 1 && text.startsWith(before) && text.endsWith(after);
}

export interface CorsRequest {
  readonly origin: string;
  /** The method, or in a preflight the one announced. */
  readonly method: string;
  /** Lower case; of a preflight. */
  readonly headers: readonly string[];
  readonly preflight: boolean;
}

/** The headers that the first fitting rule gives; undefined when none fits. */
export function corsHeaders(
  config: CorsConfig | undefined,
  request: CorsRequest,
): Record<string, string> | undefined {
  for (const rule of config?.CORSRules ?? []) {
    const origin = rule.AllowedOrigins?.find((pattern) => fits(pattern, request.origin));
    if (origin === undefined || rule.AllowedMethods?.includes(request.method) !== true) continue;
    const allowed = rule.AllowedHeaders?.map((header) => header.toLowerCase()) ?? [];
    if (!request.headers.every((header) => allowed.some((pattern) => fits(pattern, header)))) continue;
    const any = origin === "*";
    return {
      "access-control-allow-origin": any ? "*" : request.origin,
      "access-control-allow-methods": rule.AllowedMethods.join(", "),
      ...(request.headers.length === 0 ? {} : { "access-control-allow-headers": request.headers.join(", ") }),
      ...(rule.ExposeHeaders === undefined || rule.ExposeHeaders.length === 0
        ? {}
        : { "access-control-expose-headers": rule.ExposeHeaders.join(", ") }),
      ...(rule.MaxAgeSeconds === undefined ? {} : { "access-control-max-age": String(rule.MaxAgeSeconds) }),
      ...(any ? {} : { "access-control-allow-credentials": "true" }),
      vary: "Origin, Access-Control-Request-Headers, Access-Control-Request-Method",
    };
  }
  return undefined;
}
