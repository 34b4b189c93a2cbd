/**
 * What a Host header says about a request: the service and region of an endpoint, a virtual-host bucket, or a data
 * plane (an API's stage, a function's URL, a website). One table of name patterns, tried in order, serves AWS's own
 * names and the local ones, because only the suffix differs.
 */

export type AddressKind =
  | "endpoint"
  /** An endpoint under a prefix that an SDK put before the host: `sync-`, `data-`, an account. */
  | "prefixed-endpoint"
  | "bucket"
  | "s3-website"
  | "execute-api"
  | "lambda-url"
  | "appsync-api"
  | "appsync-realtime"
  | "cognito-domain"
  | "ecr-registry"
  | "opensearch-domain"
  | "load-balancer"
  | "cloudfront";

export interface Address {
  readonly kind: AddressKind;
  /** Lower case, without the port. */
  readonly host: string;
  /** The signing name of the service the host names, a hint for requests that carry no credential scope. */
  readonly service: string | undefined;
  readonly region: string | undefined;
  /** Of `bucket` and `s3-website`. */
  readonly bucket: string | undefined;
  /** Of data planes: the API's, function URL's, domain's, distribution's or registry's name. */
  readonly id: string | undefined;
  /** The account before an endpoint (`123456789012.s3-control…`). */
  readonly accountId: string | undefined;
  /** Of an `execute-api` addressed by path: its stage. */
  readonly stage: string | undefined;
  /** Of a data plane addressed by path: the rest of the path, percent-encoded, from its slash on. */
  readonly path: string | undefined;
}

/** Suffixes below which names mean what they mean on AWS; the longest that fits counts. */
const bases = [
  "localhost.localstack.cloud",
  "amazonaws.com.cn",
  "amazonaws.com",
  "amazonaws.eu",
  "amazoncognito.com",
  "cloudfront.net",
  "api.aws",
  "on.aws",
  "localhost",
];

const region = String.raw`(?<region>[a-z]{2,}(?:-[a-z]+)+-\d)`;
/** `.eu-west-1`, or `-eu-west-1` as S3's older names have it, or nothing. */
const anyRegion = `(?:[.-]${region})?`;

interface Rule {
  readonly kind: AddressKind;
  readonly pattern: RegExp;
  readonly service?: string;
  /** Only below these suffixes. */
  readonly below?: readonly string[];
}

const rule = (kind: AddressKind, pattern: string, rest: Partial<Rule> = {}): Rule => ({
  kind,
  pattern: new RegExp(`^${pattern}$`),
  ...rest,
});

const rules: readonly Rule[] = [
  rule("execute-api", String.raw`(?<id>[a-z0-9]+)\.execute-api${anyRegion}`, { service: "execute-api" }),
  rule("lambda-url", String.raw`(?<id>[a-z0-9]+)\.lambda-url${anyRegion}`, { service: "lambda" }),
  rule("s3-website", String.raw`(?<bucket>.+)\.s3-website(?:\.dualstack)?${anyRegion}`, { service: "s3" }),
  rule(
    "bucket",
    String.raw`(?<bucket>.+)\.s3(?:-fips|-accelerate|-external-1)?(?:\.dualstack)?${anyRegion}`,
    {
      service: "s3",
    },
  ),
  rule(
    "prefixed-endpoint",
    String.raw`(?<account>\d{12})\.s3-control(?:-fips)?(?:\.dualstack)?${anyRegion}`,
    {
      service: "s3",
    },
  ),
  rule("endpoint", String.raw`s3(?:-fips|-accelerate|-control|-external-1)?(?:\.dualstack)?${anyRegion}`, {
    service: "s3",
  }),
  rule("appsync-api", String.raw`(?<id>[a-z0-9]+)\.appsync-api${anyRegion}`, { service: "appsync" }),
  rule("appsync-realtime", String.raw`(?<id>[a-z0-9]+)\.appsync-realtime-api${anyRegion}`, {
    service: "appsync",
  }),
  rule("ecr-registry", String.raw`(?<id>\d{12})\.dkr\.ecr(?:-fips)?${anyRegion}`, { service: "ecr" }),
  rule("cognito-domain", String.raw`(?<id>[^.]+)\.auth(?:-fips)?${anyRegion}`, { service: "cognito-idp" }),
  rule("opensearch-domain", String.raw`(?<id>[^.]+)\.${region}\.(?:es|opensearch)`, { service: "es" }),
  rule("load-balancer", String.raw`(?<id>[^.]+)\.${region}\.elb`, { service: "elasticloadbalancing" }),
  rule("load-balancer", String.raw`(?<id>[^.]+)\.elb${anyRegion}`, { service: "elasticloadbalancing" }),
  rule("cloudfront", String.raw`(?<id>[^.]+)\.cloudfront`, { service: "cloudfront" }),
  rule("cloudfront", "(?<id>[^.]+)", { service: "cloudfront", below: ["cloudfront.net"] }),
  rule("endpoint", String.raw`(?:${region}\.)?queue`, { service: "sqs" }),
];

/** Endpoint names whose signing name is another. Endpoints that are not here sign with their own name. */
const signingNames: Readonly<Record<string, string>> = {
  "streams.dynamodb": "dynamodb",
  "api.ecr": "ecr",
  email: "ses",
  "email-smtp": "ses",
  streaming: "logs",
  "runtime.lambda": "lambda",
  "api.sagemaker": "sagemaker",
  "portal.sso": "awsssoportal",
  "data.iot": "iotdata",
};

const endpointNames: ReadonlySet<string> = new Set([
  ...Object.keys(signingNames),
  ...(
    "acm apigateway application-autoscaling appsync athena autoscaling batch cloudformation cloudfront cloudtrail " +
    "cognito-identity cognito-idp config dynamodb ec2 ecr ecs eks elasticache elasticfilesystem elasticloadbalancing " +
    "elasticmapreduce es events execute-api firehose glue iam iot kafka kinesis kms lambda logs monitoring oidc " +
    "organizations pipes rds rds-data redshift redshift-data resource-groups route53 scheduler schemas secretsmanager " +
    "servicediscovery sns sqs ssm states sts swf tagging transcribe transfer wafv2 xray"
  ).split(" "),
]);

const endpointPattern = new RegExp(
  `^(?:(?<account>\\d{12})\\.)?(?<name>[a-z0-9.-]+?)(?:-fips)?(?:\\.dualstack)?(?:\\.${region})?$`,
);
/** What SDKs put before an endpoint's name: `sync-states`, `data-servicediscovery`, `streaming-logs`. */
const prefixPattern =
  /^(?:sync-|data-|stream-|streaming-|control-|[a-z0-9]+\.(?:control|data)-)(?<name>[a-z0-9.-]+)$/;

/** Hosts below no known suffix are searched for a part that only AWS's names have: `bucket.s3.awan.internal`. */
const tellingPart = new RegExp(
  String.raw`^(?<name>.+\.(?:execute-api|lambda-url|s3-website|s3)(?:[.-][a-z]{2,}(?:-[a-z]+)+-\d)?)(?:\..+)?$`,
);

const cache = new Map<string, Address>();
const cachedHostsMax = 1_000;

/** `hostHeader` as received; `path` percent-encoded, without the query. */
export function addressOf(hostHeader: string, path: string): Address {
  if (path.startsWith("/_aws/") || path.startsWith("/restapis/")) {
    const byPath = addressOfPath(hostHeader, path);
    if (byPath !== undefined) return byPath;
  }
  let address = cache.get(hostHeader);
  if (address === undefined) {
    address = addressOfHost(hostName(hostHeader));
    if (cache.size >= cachedHostsMax) cache.clear();
    cache.set(hostHeader, address);
  }
  return address;
}

function hostName(hostHeader: string): string {
  return hostHeader.toLowerCase().replace(/:\d*$/, "").replace(/\.$/, "");
}

function build(kind: AddressKind, host: string, rest: Partial<Address> = {}): Address {
  return {
    kind,
    host,
    service: rest.service,
    region: rest.region,
    bucket: rest.bucket,
    id: rest.id,
    accountId: rest.accountId,
    stage: rest.stage,
    path: rest.path,
  };
}

const pathPatterns: readonly (readonly [AddressKind, string, RegExp])[] = [
  [
    "execute-api",
    "execute-api",
    /^\/_aws\/execute-api\/(?<id>[^/]+)(?:\/(?<stage>[^/]+)(?<path>\/.*)?)?\/?$/,
  ],
  ["execute-api", "execute-api", /^\/restapis\/(?<id>[^/]+)\/(?<stage>[^/]+)\/_user_request_(?<path>\/.*)?$/],
  ["lambda-url", "lambda", /^\/_aws\/lambda-url\/(?<id>[^/]+)(?<path>\/.*)?$/],
];

function addressOfPath(hostHeader: string, path: string): Address | undefined {
  for (const [kind, service, pattern] of pathPatterns) {
    const groups = pattern.exec(path)?.groups;
    if (groups === undefined) continue;
    const { id, stage, path: rest } = groups;
    return build(kind, hostName(hostHeader), { service, id, stage, path: rest ?? "/" });
  }
  return undefined;
}

function addressOfHost(host: string): Address {
  const base = bases.find((suffix) => host === suffix || host.endsWith(`.${suffix}`));
  if (base === undefined) {
    const name = tellingPart.exec(host)?.groups?.["name"];
    const found = name === undefined ? undefined : byRules(host, name, "");
    return found ?? byAccount(host);
  }
  if (host === base) return build("endpoint", host);
  const name = host.slice(0, -base.length - 1);
  return byRules(host, name, base) ?? byEndpoint(host, name) ?? unknownName(host, name, base);
}

function byRules(host: string, name: string, base: string): Address | undefined {
  for (const { kind, pattern, service, below } of rules) {
    if (below !== undefined && !below.includes(base)) continue;
    const groups = pattern.exec(name)?.groups;
    if (groups === undefined && !pattern.test(name)) continue;
    const { region: inRegion, bucket, id, account: accountId } = groups ?? {};
    return build(kind, host, { service, region: inRegion, bucket, id, accountId });
  }
  return undefined;
}

function byEndpoint(host: string, name: string): Address | undefined {
  const {
    account: accountId,
    name: endpoint = "",
    region: inRegion,
  } = endpointPattern.exec(name)?.groups ?? {};
  const bare = prefixPattern.exec(endpoint)?.groups?.["name"];
  for (const candidate of [endpoint, bare]) {
    if (candidate === undefined || !endpointNames.has(candidate)) continue;
    const isPrefixed = candidate !== endpoint || accountId !== undefined;
    const service = signingNames[candidate] ?? candidate;
    return build(isPrefixed ? "prefixed-endpoint" : "endpoint", host, {
      service,
      region: inRegion,
      accountId,
    });
  }
  return undefined;
}

/** `000000000000.127.0.0.1`: an SDK's host prefix before an address of ours. */
function byAccount(host: string): Address {
  const accountId = /^(\d{12})\./.exec(host)?.[1];
  const isPrefixed = accountId !== undefined || prefixPattern.test(host);
  return build(isPrefixed ? "prefixed-endpoint" : "endpoint", host, { accountId });
}

/** Below `localhost`, any other name is a bucket, as SDKs address buckets when told to use localhost. */
function unknownName(host: string, name: string, base: string): Address {
  const { region: inRegion } = new RegExp(`(?:^|\\.)${region}$`).exec(name)?.groups ?? {};
  if (base === "localhost" && inRegion === undefined && !/^\d{12}$/.test(name) && !prefixPattern.test(host)) {
    return build("bucket", host, { service: "s3", bucket: name });
  }
  return { ...byAccount(host), region: inRegion };
}
