/** Website configurations: checked, and what their routing rules make of a request. */
import { invalidArgument, invalidRequest, malformedXml } from "../errors.ts";
import { limits } from "../limits.ts";

interface Redirect {
  readonly HostName?: string | undefined;
  readonly HttpRedirectCode?: string | undefined;
  readonly Protocol?: string | undefined;
  readonly ReplaceKeyPrefixWith?: string | undefined;
  readonly ReplaceKeyWith?: string | undefined;
}

interface RoutingRule {
  readonly Condition?:
    | {
        readonly HttpErrorCodeReturnedEquals?: string | undefined;
        readonly KeyPrefixEquals?: string | undefined;
      }
    | undefined;
  readonly Redirect?: Redirect | undefined;
}

export interface WebsiteConfig {
  readonly RedirectAllRequestsTo?:
    | { readonly HostName?: string | undefined; readonly Protocol?: string | undefined }
    | undefined;
  readonly IndexDocument?: { readonly Suffix?: string | undefined } | undefined;
  readonly ErrorDocument?: { readonly Key?: string | undefined } | undefined;
  readonly RoutingRules?: readonly RoutingRule[] | undefined;
}

export function checkWebsite(config: WebsiteConfig | undefined): asserts config is WebsiteConfig {
  if (config === undefined) throw malformedXml();
  const {
    RedirectAllRequestsTo: all,
    IndexDocument: index,
    ErrorDocument: error,
    RoutingRules: rules,
  } = config;
  if (all !== undefined) {
    if (all.HostName === undefined || all.HostName === "") throw malformedXml();
    if (index !== undefined || error !== undefined || rules !== undefined) {
      throw invalidArgument(
        "RedirectAllRequestsTo",
        "not null",
        "RedirectAllRequestsTo cannot be provided in conjunction with other Routing Rules.",
      );
    }
    checkProtocol(all.Protocol);
    return;
  }
  if (index === undefined)
    throw invalidArgument(
      "IndexDocument",
      "null",
      "A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo is empty",
    );
  if (index.Suffix === undefined || index.Suffix === "" || index.Suffix.includes("/")) {
    throw invalidArgument("IndexDocument", index.Suffix, "The IndexDocument Suffix is not well formed");
  }
  if (error !== undefined && (error.Key === undefined || error.Key === "")) throw malformedXml();
  if (rules === undefined) return;
  if (rules.length === 0) throw malformedXml();
  if (rules.length > limits.websiteRoutingRulesMax)
    throw invalidArgument(
      "RoutingRules",
      String(rules.length),
      `${rules.length} routing rules provided, the number of routing rules in a website configuration is limited to 50.`,
    );
  for (const { Redirect: redirect, Condition: condition } of rules) {
    if (redirect === undefined) throw malformedXml();
    if (redirect.ReplaceKeyPrefixWith !== undefined && redirect.ReplaceKeyWith !== undefined) {
      throw invalidRequest("You can only define ReplaceKeyPrefix or ReplaceKey but not both.");
    }
    if (
      condition !== undefined &&
      condition.HttpErrorCodeReturnedEquals === undefined &&
      condition.KeyPrefixEquals === undefined
    ) {
      throw invalidRequest(
        "Condition cannot be empty. To redirect all requests without a condition, the condition element shouldn't be present.",
      );
    }
    checkProtocol(redirect.Protocol);
  }
}

function checkProtocol(protocol: string | undefined): void {
  if (protocol !== undefined && protocol !== "http" && protocol !== "https") {
    throw invalidRequest(
      "Invalid protocol, protocol can be http or https. If not defined the protocol will be selected automatically.",
    );
  }
}

export interface Redirection {
  readonly status: number;
  readonly location: string;
}

/** Where a routing rule sends a request for `key`; `status` is an error's, or undefined before the object was looked up. */
export function redirectionOf(
  config: WebsiteConfig,
  key: string,
  status: number | undefined,
  origin: { readonly protocol: string; readonly host: string },
): Redirection | undefined {
  for (const { Condition: condition, Redirect: redirect } of config.RoutingRules ?? []) {
    if (redirect === undefined) continue;
    const prefix = condition?.KeyPrefixEquals;
    const code = condition?.HttpErrorCodeReturnedEquals;
    if (prefix !== undefined && !key.startsWith(prefix)) continue;
    if (code !== undefined && code !== String(status ?? "")) continue;
    if (code === undefined && status !== undefined) continue;
    const target =
      redirect.ReplaceKeyWith ??
      (redirect.ReplaceKeyPrefixWith === undefined
        ? key
        : redirect.ReplaceKeyPrefixWith + key.slice(prefix?.length ?? 0));
    return {
      status: Number(redirect.HttpRedirectCode ?? 301),
      location: `${redirect.Protocol ?? origin.protocol}://${redirect.HostName ?? origin.host}/${target}`,
    };
  }
  return undefined;
}
