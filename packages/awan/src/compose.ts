/**
 * The only file that knows every service: how each is loaded, which provides which CloudFormation types, and which
 * answers HTTP that is no AWS API call. Everything is imported when first needed.
 */
import type { Address } from "./wire/host-address.ts";
import type { HttpRequest } from "./host/http.ts";
import type { FunctionRunner } from "./host/functions.ts";
import type { ServiceLoaders } from "./host/registry.ts";
import type { ResourceProvider } from "./host/resource.ts";

type Providers = { readonly providers: readonly ResourceProvider[] };

/** Who provides `AWS::<key>::*`. */
const providerModules: Readonly<Record<string, readonly (() => Promise<Providers>)[]>> = {
  ApiGatewayV2: [() => import("./services/apigatewayv2/resource.ts")],
  DynamoDB: [() => import("./services/dynamodb/resource.ts")],
  IAM: [() => import("./services/iam/resource.ts")],
  Lambda: [() => import("./services/lambda/resource.ts")],
  Logs: [() => import("./services/logs/resource.ts")],
  S3: [() => import("./services/s3/resource.ts")],
  SNS: [() => import("./services/sns/resource.ts")],
  SQS: [() => import("./services/sqs/resource.ts")],
  SSM: [() => import("./services/ssm/resource.ts")],
};

async function provider(type: string): Promise<ResourceProvider | undefined> {
  const [vendor, family = ""] = type.split("::");
  if (vendor !== "AWS" || !Object.hasOwn(providerModules, family)) return undefined;
  for (const load of providerModules[family] ?? []) {
    const found = (await load()).providers.find((each) => each.type === type);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Every service Awan has, by the name of its table. `runner` is where functions run. */
export function composeServices(runner: () => Promise<FunctionRunner>): ServiceLoaders {
  return {
    apigatewayv2: async () => (await import("./services/apigatewayv2/index.ts")).service,
    cloudformation: async () => (await import("./deploy/index.ts")).createCloudFormation({ provider }),
    dynamodb: async () => (await import("./services/dynamodb/index.ts")).service,
    "dynamodb-streams": async () => (await import("./services/dynamodb-streams/index.ts")).service,
    iam: async () => (await import("./services/iam/index.ts")).service,
    lambda: async () => (await import("./services/lambda/index.ts")).createLambda(await runner()),
    logs: async () => (await import("./services/logs/index.ts")).service,
    s3: async () => (await import("./services/s3/index.ts")).service,
    "s3-control": async () => (await import("./services/s3-control/index.ts")).service,
    sns: async () => (await import("./services/sns/index.ts")).service,
    sqs: async () => (await import("./services/sqs/index.ts")).service,
    ssm: async () => (await import("./services/ssm/index.ts")).service,
    sts: async () => (await import("./services/sts/index.ts")).service,
  };
}

/** The service whose data plane a request is for: an API's stage, a function's URL, a website, a certificate. */
export function frontOf(request: HttpRequest, address: Address): string | undefined {
  switch (address.kind) {
    case "execute-api":
      return "apigatewayv2";
    case "lambda-url":
      return "lambda";
    case "s3-website":
      return "s3";
    default:
      return ownPath(request);
  }
}

function ownPath(request: HttpRequest): string | undefined {
  if (request.target.startsWith("/SimpleNotificationService-")) return "sns";
  return undefined;
}
