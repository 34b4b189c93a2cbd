/** AWS::Lambda::Permission and AWS::Lambda::EventInvokeConfig. */
import type { Call } from "../../../host/call.ts";
import type { DeleteRequest, Properties, ResourceProvider } from "../../../host/resource.ts";
import { type Answer } from "../../../host/service.ts";
import { pick, type Record_, text, toBoolean, toNumber, unlessGone } from "./properties.ts";

export const permission: ResourceProvider = {
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
    if (input["SourceAccount"] !== undefined) input["SourceAccount"] = text(input["SourceAccount"]);
    input["Principal"] = text(input["Principal"]);
    const via = toBoolean(input["InvokedViaFunctionUrl"]);
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
      : { MaximumRetryAttempts: toNumber(properties["MaximumRetryAttempts"]) }),
    ...(properties["MaximumEventAgeInSeconds"] === undefined
      ? {}
      : { MaximumEventAgeInSeconds: toNumber(properties["MaximumEventAgeInSeconds"]) }),
  };
}

export const eventInvokeConfig: ResourceProvider = {
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
      physicalId: `${text(properties["FunctionName"])}|${text(properties["Qualifier"])}`,
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
