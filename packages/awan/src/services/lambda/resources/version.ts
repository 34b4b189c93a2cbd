/** AWS::Lambda::Version and AWS::Lambda::Alias. */
import type { Call } from "../../../host/call.ts";
import type { Properties, ResourceProvider } from "../../../host/resource.ts";
import { pick, type Record_, text, toNumber, unlessGone } from "./properties.ts";

export const version: ResourceProvider = {
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
    const arn = text(output["FunctionArn"]);
    provision(call, text(properties["FunctionName"]), text(output["Version"]), properties);
    return { physicalId: arn, attributes: { FunctionArn: arn, Version: output["Version"] } };
  },
  update(call, { physicalId, properties }) {
    const number = physicalId.slice(physicalId.lastIndexOf(":") + 1);
    provision(call, text(properties["FunctionName"]), number, properties);
    return { physicalId, attributes: { FunctionArn: physicalId, Version: number } };
  },
  delete: (call, { physicalId }) =>
    unlessGone(() => call.invoke("lambda", "DeleteFunction", { FunctionName: physicalId })),
};

function provision(call: Call, name: string, qualifier: string, properties: Properties): void {
  const config = properties["ProvisionedConcurrencyConfig"] as Record_ | undefined;
  const count = toNumber(config?.["ProvisionedConcurrentExecutions"]);
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
    FunctionVersion: text(properties["FunctionVersion"]),
    RoutingConfig: { AdditionalVersionWeights: Object.fromEntries(weights) as object },
  };
}

export const alias: ResourceProvider = {
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
    const arn = text(call.invoke("lambda", "CreateAlias", aliasInput(properties))["AliasArn"]);
    provision(call, text(properties["FunctionName"]), text(properties["Name"]), properties);
    return { physicalId: arn, attributes: { AliasArn: arn } };
  },
  update(call, { physicalId, properties }) {
    call.invoke("lambda", "UpdateAlias", aliasInput(properties));
    provision(call, text(properties["FunctionName"]), text(properties["Name"]), properties);
    return { physicalId, attributes: { AliasArn: physicalId } };
  },
  delete: (call, { properties }) =>
    unlessGone(() => call.invoke("lambda", "DeleteAlias", pick(properties, ["FunctionName", "Name"]))),
};
