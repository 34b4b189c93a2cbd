/** AWS::Lambda::Function. */
import { type Zippable, zipSync } from "fflate";
import { responseModules } from "./response-modules.ts";
import type { Call } from "../../../host/call.ts";
import type {
  Properties,
  PropertyKind,
  ResourceProvider,
  ResourceState,
  UpdateRequest,
} from "../../../host/resource.ts";
import { mapAnswer } from "../../../host/service.ts";
import { pick, type Record_, strings, tagsOf, text, toNumber, unlessGone } from "./properties.ts";

/** Inline source becomes an archive, with the module by which custom resources answer when it asks for that. */
function codeOf(properties: Properties): Record_ {
  const code = { ...(properties["Code"] as Record_ | undefined) };
  if (typeof code["ZipFile"] !== "string") return code;
  const runtime = text(properties["Runtime"]);
  const file = runtime.startsWith("python") ? "index.py" : "index.js";
  const files = { [file]: code["ZipFile"], ...responseModules(runtime, code["ZipFile"]) };
  const archive: Zippable = {};
  for (const [name, content] of Object.entries(files))
    archive[name] = [Buffer.from(content, "utf8"), { mtime: "2000-01-01T00:00:00" }];
  return { ZipFile: zipSync(archive) };
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
    ...(properties["Timeout"] === undefined ? {} : { Timeout: toNumber(properties["Timeout"]) }),
    ...(properties["MemorySize"] === undefined ? {} : { MemorySize: toNumber(properties["MemorySize"]) }),
    ...(storage === undefined ? {} : { EphemeralStorage: { Size: toNumber(storage["Size"]) } }),
    ...(environment === undefined ? {} : { Environment: { Variables: strings(environment["Variables"]) } }),
    ...(properties["FileSystemConfigs"] === undefined
      ? {}
      : { FileSystemConfigs: properties["FileSystemConfigs"] }),
  };
}

function functionState(output: Record_): ResourceState {
  return {
    physicalId: text(output["FunctionName"]),
    attributes: {
      Arn: output["FunctionArn"],
      "SnapStartResponse.ApplyOn": "None",
      "SnapStartResponse.OptimizationStatus": "Off",
    },
  };
}

function reserve(call: Call, name: string, properties: Properties): void {
  const reserved = toNumber(properties["ReservedConcurrentExecutions"]);
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

export const lambdaFunction: ResourceProvider = {
  type: "AWS::Lambda::Function",
  properties: functionProperties,
  required: ["Code", "Role"],
  create(call, { properties, generateName }) {
    const name = text(properties["FunctionName"]) || generateName({ lengthMax: 64 });
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
    retag(call, text(configured["FunctionArn"]), request);
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
