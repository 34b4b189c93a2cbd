/** AWS::Lambda::Url and AWS::Lambda::CodeSigningConfig. */
import type { Properties, ResourceProvider, ResourceState } from "../../../host/resource.ts";
import { pick, type Record_, tagsOf, text, toBoolean, toNumber, unlessGone } from "./properties.ts";

const urlState = (output: Record_): ResourceState => ({
  physicalId: text(output["FunctionArn"]),
  attributes: { FunctionArn: output["FunctionArn"], FunctionUrl: output["FunctionUrl"] },
});

function urlInput(properties: Properties): Record_ {
  const cors = properties["Cors"] as Record_ | undefined;
  const input = pick(properties, ["AuthType", "InvokeMode"]);
  if (cors !== undefined) {
    input["Cors"] = {
      ...cors,
      ...(cors["MaxAge"] === undefined ? {} : { MaxAge: toNumber(cors["MaxAge"]) }),
      ...(cors["AllowCredentials"] === undefined
        ? {}
        : { AllowCredentials: toBoolean(cors["AllowCredentials"]) }),
    };
  }
  return { ...input, FunctionName: properties["TargetFunctionArn"], ...pick(properties, ["Qualifier"]) };
}

const named = (properties: Properties): Record_ => ({
  FunctionName: properties["TargetFunctionArn"],
  ...pick(properties, ["Qualifier"]),
});

export const url: ResourceProvider = {
  type: "AWS::Lambda::Url",
  properties: {
    TargetFunctionArn: "replace",
    Qualifier: "replace",
    AuthType: "mutable",
    Cors: "mutable",
    InvokeMode: "mutable",
  },
  required: ["AuthType", "TargetFunctionArn"],
  create: (call, { properties }) =>
    urlState(call.invoke("lambda", "CreateFunctionUrlConfig", urlInput(properties))),
  update: (call, { properties }) =>
    urlState(call.invoke("lambda", "UpdateFunctionUrlConfig", urlInput(properties))),
  delete: (call, { properties }) =>
    unlessGone(() => call.invoke("lambda", "DeleteFunctionUrlConfig", named(properties))),
};

const signingState = (output: Record_): ResourceState => {
  const config = output["CodeSigningConfig"] as Record_;
  const arn = text(config["CodeSigningConfigArn"]);
  return {
    physicalId: arn,
    attributes: { CodeSigningConfigArn: arn, CodeSigningConfigId: config["CodeSigningConfigId"] },
  };
};

export const codeSigningConfig: ResourceProvider = {
  type: "AWS::Lambda::CodeSigningConfig",
  properties: {
    AllowedPublishers: "mutable",
    CodeSigningPolicies: "mutable",
    Description: "mutable",
    Tags: "mutable",
  },
  required: ["AllowedPublishers"],
  create(call, { properties }) {
    const input = pick(properties, ["AllowedPublishers", "CodeSigningPolicies", "Description"]);
    const tags = properties["Tags"] === undefined ? {} : { Tags: tagsOf(properties["Tags"]) };
    return signingState(call.invoke("lambda", "CreateCodeSigningConfig", { ...input, ...tags }));
  },
  update(call, { physicalId, properties }) {
    const input = pick(properties, ["AllowedPublishers", "CodeSigningPolicies", "Description"]);
    return signingState(
      call.invoke("lambda", "UpdateCodeSigningConfig", { ...input, CodeSigningConfigArn: physicalId }),
    );
  },
  delete: (call, { physicalId }) =>
    unlessGone(() => call.invoke("lambda", "DeleteCodeSigningConfig", { CodeSigningConfigArn: physicalId })),
};
