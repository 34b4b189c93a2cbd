/** CloudFormation's Lambda types, through the operations a user would call. */
import { zipSync } from "fflate";
import type { Call } from "../../host/call.ts";
import type {
  DeleteRequest,
  Properties,
  PropertyKind,
  ResourceProvider,
  ResourceState,
  UpdateRequest,
} from "../../host/resource.ts";
import { type Answer, mapAnswer } from "../../host/service.ts";
import { AwsError } from "../../kernel/errors.ts";

type Record_ = Record<string, unknown>;

/** Runs `body`; what is already gone counts as deleted. */
function unlessGone(body: () => void): void {
  try {
    body();
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== "ResourceNotFoundException") throw error;
  }
}

/** CloudFormation's texts for numbers and booleans become what the operations take. */
const number = (value: unknown): number | undefined =>
  value === undefined || value === null ? undefined : Number(value);
const boolean = (value: unknown): boolean | undefined =>
  value === undefined || value === null ? undefined : value === true || value === "true";

function pick(properties: Properties, names: readonly string[]): Record_ {
  const picked: Record_ = {};
  for (const name of names) if (properties[name] !== undefined) picked[name] = properties[name];
  return picked;
}

const tagsOf = (tags: unknown): Record<string, string> =>
  Object.fromEntries(
    ((tags ?? []) as { Key: string; Value: unknown }[]).map(({ Key, Value }) => [Key, String(Value)]),
  );

const strings = (map: unknown): Record<string, string> =>
  Object.fromEntries(Object.entries((map ?? {}) as Record_).map(([name, value]) => [name, String(value)]));

/** Inline source becomes an archive with one file. */
function codeOf(properties: Properties): Record_ {
  const code = { ...(properties["Code"] as Record_ | undefined) };
  if (typeof code["ZipFile"] !== "string") return code;
  const runtime = String(properties["Runtime"] ?? "");
  const file = runtime.startsWith("python") ? "index.py" : "index.js";
  const bytes = Buffer.from(code["ZipFile"], "utf8");
  return { ZipFile: zipSync({ [file]: [bytes, { mtime: "2000-01-01T00:00:00" }] }) };
}

const configurationNames = [
  "Runtime",
  "Role",
  "Handler",
  "Description",
  "VpcConfig",
  "DeadLetterConfig",
  "KmsKeyArn",
  "TracingConfig",
  "Layers",
  "ImageConfig",
  "LoggingConfig",
  "SnapStart",
  "DurableConfig",
];

function configurationOf(properties: Properties): Record_ {
  const { KmsKeyArn, ...picked } = pick(properties, configurationNames);
  const storage = properties["EphemeralStorage"] as Record_ | undefined;
  const environment = properties["Environment"] as Record_ | undefined;
  return {
    ...picked,
    ...(KmsKeyArn === undefined ? {} : { KMSKeyArn: KmsKeyArn }),
    ...(properties["Timeout"] === undefined ? {} : { Timeout: number(properties["Timeout"]) }),
    ...(properties["MemorySize"] === undefined ? {} : { MemorySize: number(properties["MemorySize"]) }),
    ...(storage === undefined ? {} : { EphemeralStorage: { Size: number(storage["Size"]) } }),
    ...(environment === undefined ? {} : { Environment: { Variables: strings(environment["Variables"]) } }),
    ...(properties["FileSystemConfigs"] === undefined
      ? {}
      : { FileSystemConfigs: properties["FileSystemConfigs"] }),
  };
}

function functionState(output: Record_): ResourceState {
  return {
    physicalId: String(output["FunctionName"]),
    attributes: {
      Arn: output["FunctionArn"],
      "SnapStartResponse.ApplyOn": "None",
      "SnapStartResponse.OptimizationStatus": "Off",
    },
  };
}

function reserve(call: Call, name: string, properties: Properties): void {
  const reserved = number(properties["ReservedConcurrentExecutions"]);
  if (reserved === undefined) call.invoke("lambda", "DeleteFunctionConcurrency", { FunctionName: name });
  else {
    call.invoke("lambda", "PutFunctionConcurrency", {
      FunctionName: name,
      ReservedConcurrentExecutions: reserved,
    });
  }
  const loop = properties["RecursiveLoop"];
  if (loop !== undefined) {
    call.invoke("lambda", "PutFunctionRecursionConfig", { FunctionName: name, RecursiveLoop: loop });
  }
}

const functionProperties: Readonly<Record<string, PropertyKind>> = {
  FunctionName: "replace",
  PackageType: "replace",
  Architectures: "mutable",
  Code: "mutable",
  CodeSigningConfigArn: "mutable",
  EphemeralStorage: "mutable",
  Environment: "mutable",
  FileSystemConfigs: "mutable",
  MemorySize: "mutable",
  RecursiveLoop: "mutable",
  ReservedConcurrentExecutions: "mutable",
  RuntimeManagementConfig: "mutable",
  SnapStart: "mutable",
  Tags: "mutable",
  Timeout: "mutable",
  ...Object.fromEntries(configurationNames.map((name) => [name, "mutable" as const])),
};

const lambdaFunction: ResourceProvider = {
  type: "AWS::Lambda::Function",
  properties: functionProperties,
  required: ["Code", "Role"],
  create(call, { properties, generateName }) {
    const name = String(properties["FunctionName"] ?? generateName({ lengthMax: 64 }));
    const created = call.start("lambda", "CreateFunction", {
      FunctionName: name,
      Code: codeOf(properties),
      ...pick(properties, ["PackageType", "Architectures", "CodeSigningConfigArn"]),
      ...configurationOf(properties),
      ...(properties["Tags"] === undefined ? {} : { Tags: tagsOf(properties["Tags"]) }),
    });
    return mapAnswer(
      created,
      (later, output) => {
        reserve(later, name, properties);
        return functionState(output);
      },
      call,
    );
  },
  update(call, request) {
    const { physicalId, properties, previousProperties } = request;
    const configured = call.invoke("lambda", "UpdateFunctionConfiguration", {
      FunctionName: physicalId,
      ...resetting(properties, previousProperties),
      ...configurationOf(properties),
    });
    reserve(call, physicalId, properties);
    retag(call, String(configured["FunctionArn"]), request);
    if (JSON.stringify(properties["Code"]) === JSON.stringify(previousProperties["Code"]))
      return functionState(configured);
    const updated = call.start("lambda", "UpdateFunctionCode", {
      FunctionName: physicalId,
      ...codeOf(properties),
      ...pick(properties, ["Architectures"]),
    });
    return mapAnswer(updated, (_later, output) => functionState(output), call);
  },
  delete: (call, { physicalId }) =>
    unlessGone(() => call.invoke("lambda", "DeleteFunction", { FunctionName: physicalId })),
};

/** What a template no longer says goes back to its default. */
function resetting(properties: Properties, previous: Properties): Record_ {
  const defaults: Record_ = {
    Description: "",
    Timeout: 3,
    MemorySize: 128,
    Environment: { Variables: {} },
    Layers: [],
    DeadLetterConfig: { TargetArn: "" },
    TracingConfig: { Mode: "PassThrough" },
  };
  return Object.fromEntries(
    Object.entries(defaults).filter(
      ([name]) => properties[name] === undefined && previous[name] !== undefined,
    ),
  );
}

function retag(call: Call, arn: string, { properties, previousProperties }: UpdateRequest): void {
  const tags = tagsOf(properties["Tags"]);
  const gone = Object.keys(tagsOf(previousProperties["Tags"])).filter((key) => !Object.hasOwn(tags, key));
  if (gone.length > 0) call.invoke("lambda", "UntagResource", { Resource: arn, TagKeys: gone });
  if (Object.keys(tags).length > 0) call.invoke("lambda", "TagResource", { Resource: arn, Tags: tags });
}

const version: ResourceProvider = {
  type: "AWS::Lambda::Version",
  properties: {
    FunctionName: "replace",
    CodeSha256: "replace",
    Description: "replace",
    ProvisionedConcurrencyConfig: "mutable",
    RuntimePolicy: "mutable",
  },
  required: ["FunctionName"],
  create(call, { properties }) {
    const output = call.invoke(
      "lambda",
      "PublishVersion",
      pick(properties, ["FunctionName", "CodeSha256", "Description"]),
    );
    const arn = String(output["FunctionArn"]);
    provision(call, String(properties["FunctionName"]), String(output["Version"]), properties);
    return { physicalId: arn, attributes: { FunctionArn: arn, Version: output["Version"] } };
  },
  update(call, { physicalId, properties }) {
    const number = physicalId.slice(physicalId.lastIndexOf(":") + 1);
    provision(call, String(properties["FunctionName"]), number, properties);
    return { physicalId, attributes: { FunctionArn: physicalId, Version: number } };
  },
  delete: (call, { physicalId }) =>
    unlessGone(() => call.invoke("lambda", "DeleteFunction", { FunctionName: physicalId })),
};

function provision(call: Call, name: string, qualifier: string, properties: Properties): void {
  const config = properties["ProvisionedConcurrencyConfig"] as Record_ | undefined;
  const count = number(config?.["ProvisionedConcurrentExecutions"]);
  if (count === undefined) return;
  call.invoke("lambda", "PutProvisionedConcurrencyConfig", {
    FunctionName: name,
    Qualifier: qualifier,
    ProvisionedConcurrentExecutions: count,
  });
}

function aliasInput(properties: Properties): Record_ {
  const routing = properties["RoutingConfig"] as
    | { AdditionalVersionWeights?: { FunctionVersion: string; FunctionWeight: unknown }[] }
    | undefined;
  const weights = (routing?.AdditionalVersionWeights ?? []).map((each) => [
    each.FunctionVersion,
    Number(each.FunctionWeight),
  ]);
  return {
    ...pick(properties, ["FunctionName", "Name", "Description"]),
    FunctionVersion: String(properties["FunctionVersion"]),
    RoutingConfig: { AdditionalVersionWeights: Object.fromEntries(weights) as object },
  };
}

const alias: ResourceProvider = {
  type: "AWS::Lambda::Alias",
  properties: {
    FunctionName: "replace",
    Name: "replace",
    FunctionVersion: "mutable",
    Description: "mutable",
    RoutingConfig: "mutable",
    ProvisionedConcurrencyConfig: "mutable",
  },
  required: ["FunctionName", "FunctionVersion", "Name"],
  create(call, { properties }) {
    const arn = String(call.invoke("lambda", "CreateAlias", aliasInput(properties))["AliasArn"]);
    provision(call, String(properties["FunctionName"]), String(properties["Name"]), properties);
    return { physicalId: arn, attributes: { AliasArn: arn } };
  },
  update(call, { physicalId, properties }) {
    call.invoke("lambda", "UpdateAlias", aliasInput(properties));
    provision(call, String(properties["FunctionName"]), String(properties["Name"]), properties);
    return { physicalId, attributes: { AliasArn: physicalId } };
  },
  delete: (call, { properties }) =>
    unlessGone(() => call.invoke("lambda", "DeleteAlias", pick(properties, ["FunctionName", "Name"]))),
};

const permission: ResourceProvider = {
  type: "AWS::Lambda::Permission",
  properties: {
    FunctionName: "replace",
    Action: "replace",
    Principal: "replace",
    SourceArn: "replace",
    SourceAccount: "replace",
    EventSourceToken: "replace",
    FunctionUrlAuthType: "replace",
    InvokedViaFunctionUrl: "replace",
    PrincipalOrgID: "replace",
  },
  required: ["Action", "FunctionName", "Principal"],
  create(call, { properties, generateName }) {
    const id = generateName({ lengthMax: 100 });
    const input = pick(properties, Object.keys(permission.properties));
    if (input["SourceAccount"] !== undefined) input["SourceAccount"] = String(input["SourceAccount"]);
    input["Principal"] = String(input["Principal"]);
    const via = boolean(input["InvokedViaFunctionUrl"]);
    if (via !== undefined) input["InvokedViaFunctionUrl"] = via;
    call.invoke("lambda", "AddPermission", { StatementId: id, ...input });
    return { physicalId: id, attributes: { Id: id } };
  },
  update: (_call, { physicalId }) => ({ physicalId, attributes: { Id: physicalId } }),
  delete: (call, { physicalId, properties }) =>
    unlessGone(() =>
      call.invoke("lambda", "RemovePermission", {
        FunctionName: properties["FunctionName"],
        StatementId: physicalId,
      }),
    ),
};

const eventInvokeConfigNames = ["DestinationConfig", "FunctionName", "Qualifier"];

function invokeConfigInput(properties: Properties): Record_ {
  return {
    ...pick(properties, eventInvokeConfigNames),
    ...(properties["MaximumRetryAttempts"] === undefined
      ? {}
      : { MaximumRetryAttempts: number(properties["MaximumRetryAttempts"]) }),
    ...(properties["MaximumEventAgeInSeconds"] === undefined
      ? {}
      : { MaximumEventAgeInSeconds: number(properties["MaximumEventAgeInSeconds"]) }),
  };
}

const eventInvokeConfig: ResourceProvider = {
  type: "AWS::Lambda::EventInvokeConfig",
  properties: {
    FunctionName: "replace",
    Qualifier: "replace",
    DestinationConfig: "mutable",
    MaximumEventAgeInSeconds: "mutable",
    MaximumRetryAttempts: "mutable",
  },
  required: ["FunctionName", "Qualifier"],
  create(call, { properties }) {
    call.invoke("lambda", "PutFunctionEventInvokeConfig", invokeConfigInput(properties));
    return {
      physicalId: `${String(properties["FunctionName"])}|${String(properties["Qualifier"])}`,
      attributes: {},
    };
  },
  update(call, { physicalId, properties }) {
    call.invoke("lambda", "PutFunctionEventInvokeConfig", invokeConfigInput(properties));
    return { physicalId, attributes: {} };
  },
  delete: (call: Call, { properties }: DeleteRequest): Answer<void> =>
    unlessGone(() =>
      call.invoke(
        "lambda",
        "DeleteFunctionEventInvokeConfig",
        pick(properties, ["FunctionName", "Qualifier"]),
      ),
    ),
};

export const providers: readonly ResourceProvider[] = [
  lambdaFunction,
  version,
  alias,
  permission,
  eventInvokeConfig,
];
