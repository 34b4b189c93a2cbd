/**
 * Lambda as IAM sees it: actions on functions (a qualifier is part of the ARN), layers, mappings and code signing
 * configurations, functions' and layers' own policies included.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
 */
import type { Access, Authorization } from "../../host/authorization.ts";
import type { Call, Principal } from "../../host/call.ts";
import { layerPolicies, policies } from "./keys.ts";
import { functionArn, type FunctionReference, parseFunctionArn } from "./names.ts";
import { documentOf } from "./policy.ts";

type Names = Readonly<Partial<Record<string, string>>>;

const shortName = /^(?:(?:\d{12}:)?function:)?([a-zA-Z0-9-_]+)(?::(\$LATEST|[a-zA-Z0-9-_]+))?$/;
const anonymous: Principal = { kind: "anonymous", arn: "*", accountId: "anonymous" };

/** A function by any of the ways to name it; anything when it is not named well: the operation will say so. */
function accessToFunction(call: Call, action: string, name?: string, qualifier?: string): Access {
  if (typeof name !== "string") return { action, resource: "*" };
  const whole = parseFunctionArn(name);
  const owner = whole === undefined ? call : call.in({ accountId: whole.accountId, region: whole.region });
  const parts = whole ?? partsOf(name);
  if (parts === undefined) return { action, resource: "*" };
  const reference = { name: parts.name, qualifier: qualifier ?? (parts.qualifier || undefined) };
  return { action, ...resourceOf(owner, reference) };
}

function partsOf(text: string): { readonly name: string; readonly qualifier: string } | undefined {
  const [, name, qualifier = ""] = shortName.exec(text) ?? [];
  return name === undefined ? undefined : { name, qualifier };
}

/** A function, version or alias with its own policy. */
function resourceOf(owner: Call, { name, qualifier }: FunctionReference): Omit<Access, "action"> {
  const policy = policies.get(owner.tx, [name, qualifier ?? ""]);
  return {
    resource: functionArn(owner, name, qualifier),
    ...(policy === undefined ? {} : { resourcePolicy: documentOf(policy) }),
  };
}

const onFunction =
  (action: string) =>
  (call: Call, { FunctionName, Qualifier }: Names): Access =>
    accessToFunction(call, `lambda:${action}`, FunctionName, Qualifier);

const onUrlOf =
  (action: string) =>
  (call: Call, input: Names): Access => ({
    ...onFunction(action)(call, input),
    ...(input["AuthType"] === undefined
      ? {}
      : { context: { "lambda:FunctionUrlAuthType": input["AuthType"] } }),
  });

const onMapping =
  (action: string) =>
  (call: Call, { UUID }: Names): Access => ({
    action: `lambda:${action}`,
    resource: `arn:${call.partition}:lambda:${call.region}:${call.accountId}:event-source-mapping:${UUID}`,
  });

interface LayerInput {
  readonly LayerName?: string;
  readonly VersionNumber?: number;
  readonly Arn?: string;
}

const onLayer =
  (action: string) =>
  (call: Call, { LayerName, VersionNumber, Arn }: LayerInput): Access => {
    const name = Arn ?? LayerName;
    if (typeof name !== "string") return { action: `lambda:${action}`, resource: "*" };
    const [, , , region = call.region, accountId = call.accountId, , layer = name, inArn] = name.startsWith(
      "arn:",
    )
      ? name.split(":")
      : [];
    const version = VersionNumber === undefined ? inArn : String(VersionNumber);
    const owner = call.in({ accountId, region });
    const policy = version === undefined ? undefined : layerPolicies.get(owner.tx, [layer, Number(version)]);
    const resource = `arn:${call.partition}:lambda:${region}:${accountId}:layer:${layer}`;
    return {
      action: `lambda:${action}`,
      resource: version === undefined ? resource : `${resource}:${version}`,
      ...(policy === undefined ? {} : { resourcePolicy: documentOf(policy) }),
    };
  };

const onArn =
  (action: string, member: string) =>
  (_call: Call, input: Names): Access => ({ action: `lambda:${action}`, resource: input[member] ?? "*" });

/** The function of an execution: `…:function:name:qualifier/durable-execution/…`. */
const onExecution =
  (action: string) =>
  (_call: Call, { DurableExecutionArn }: Names): Access => ({
    action: `lambda:${action}`,
    resource: DurableExecutionArn ?? "*",
  });

type Kind = (action: string) => Authorization["accesses"][string];

const each = (actions: readonly string[], kind: Kind): Authorization["accesses"] =>
  Object.fromEntries(actions.map((action) => [action, kind(action)]));

const functionActions = [
  "AddPermission",
  "CreateAlias",
  "CreateFunction",
  "DeleteAlias",
  "DeleteFunction",
  "DeleteFunctionCodeSigningConfig",
  "DeleteFunctionConcurrency",
  "DeleteFunctionEventInvokeConfig",
  "DeleteProvisionedConcurrencyConfig",
  "GetAlias",
  "GetFunction",
  "GetFunctionCodeSigningConfig",
  "GetFunctionConcurrency",
  "GetFunctionConfiguration",
  "GetFunctionEventInvokeConfig",
  "GetFunctionRecursionConfig",
  "GetPolicy",
  "GetProvisionedConcurrencyConfig",
  "GetRuntimeManagementConfig",
  "InvokeAsync",
  "ListAliases",
  "ListDurableExecutionsByFunction",
  "ListFunctionEventInvokeConfigs",
  "ListProvisionedConcurrencyConfigs",
  "ListVersionsByFunction",
  "PublishVersion",
  "PutFunctionCodeSigningConfig",
  "PutFunctionConcurrency",
  "PutFunctionEventInvokeConfig",
  "PutFunctionRecursionConfig",
  "PutProvisionedConcurrencyConfig",
  "PutRuntimeManagementConfig",
  "RemovePermission",
  "UpdateAlias",
  "UpdateFunctionCode",
  "UpdateFunctionConfiguration",
  "UpdateFunctionEventInvokeConfig",
];

export const authorization: Authorization = {
  accesses: {
    ...each(functionActions, onFunction),
    ...each(
      [
        "CreateFunctionUrlConfig",
        "DeleteFunctionUrlConfig",
        "GetFunctionUrlConfig",
        "ListFunctionUrlConfigs",
      ],
      onUrlOf,
    ),
    UpdateFunctionUrlConfig: onUrlOf("UpdateFunctionUrlConfig"),
    Invoke: onFunction("InvokeFunction"),
    InvokeWithResponseStream: onFunction("InvokeFunction"),
    ...each(["DeleteEventSourceMapping", "GetEventSourceMapping", "UpdateEventSourceMapping"], onMapping),
    ...each(
      [
        "AddLayerVersionPermission",
        "DeleteLayerVersion",
        "GetLayerVersion",
        "GetLayerVersionPolicy",
        "ListLayerVersions",
        "PublishLayerVersion",
        "RemoveLayerVersionPermission",
      ],
      onLayer,
    ),
    GetLayerVersionByArn: onLayer("GetLayerVersion"),
    ...each(["ListTags", "TagResource", "UntagResource"], (action) => onArn(action, "Resource")),
    ...each(
      [
        "DeleteCodeSigningConfig",
        "GetCodeSigningConfig",
        "ListFunctionsByCodeSigningConfig",
        "UpdateCodeSigningConfig",
      ],
      (action) => onArn(action, "CodeSigningConfigArn"),
    ),
    ...each(
      [
        "CheckpointDurableExecution",
        "GetDurableExecution",
        "GetDurableExecutionHistory",
        "GetDurableExecutionState",
        "StopDurableExecution",
      ],
      onExecution,
    ),
  },
};

/** Whether anybody may call a function's URL of type NONE; always, when IAM is not enforced. */
export function isOpenUrl(call: Call, reference: FunctionReference): boolean {
  const context = { "lambda:FunctionUrlAuthType": "NONE", "lambda:InvokedViaFunctionUrl": "true" };
  const resource = resourceOf(call, reference);
  return call.as(anonymous).allows({ action: "lambda:InvokeFunctionUrl", ...resource, context });
}
