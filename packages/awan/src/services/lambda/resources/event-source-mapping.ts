/** AWS::Lambda::EventSourceMapping. */
import type { Properties, ResourceProvider, ResourceState } from "../../../host/resource.ts";
import { pick, type Record_, tagsOf, text, toBoolean, toNumber, unlessGone } from "./properties.ts";

const mappingNumbers = [
  "BatchSize",
  "MaximumBatchingWindowInSeconds",
  "ParallelizationFactor",
  "MaximumRecordAgeInSeconds",
  "MaximumRetryAttempts",
  "TumblingWindowInSeconds",
];

export const eventSourceMapping: ResourceProvider = {
  type: "AWS::Lambda::EventSourceMapping",
  properties: {
    EventSourceArn: "replace",
    StartingPosition: "replace",
    StartingPositionTimestamp: "replace",
    SelfManagedEventSource: "replace",
    FunctionName: "mutable",
    Enabled: "mutable",
    FilterCriteria: "mutable",
    FunctionResponseTypes: "mutable",
    ScalingConfig: "mutable",
    DestinationConfig: "mutable",
    BisectBatchOnFunctionError: "mutable",
    KmsKeyArn: "mutable",
    MetricsConfig: "mutable",
    Tags: "mutable",
    ...Object.fromEntries(mappingNumbers.map((name) => [name, "mutable" as const])),
  },
  required: ["FunctionName"],
  create(call, { properties }) {
    const startSeconds = toNumber(properties["StartingPositionTimestamp"]);
    const output = call.invoke("lambda", "CreateEventSourceMapping", {
      ...mappingInput(properties),
      ...pick(properties, ["EventSourceArn", "StartingPosition", "SelfManagedEventSource"]),
      ...(startSeconds === undefined ? {} : { StartingPositionTimestamp: new Date(startSeconds * 1000) }),
      ...(properties["Tags"] === undefined ? {} : { Tags: tagsOf(properties["Tags"]) }),
    });
    return mappingState(output);
  },
  update(call, { physicalId, properties }) {
    const input = { UUID: physicalId, ...mappingInput(properties) };
    return mappingState(call.invoke("lambda", "UpdateEventSourceMapping", input));
  },
  delete: (call, { physicalId }) =>
    unlessGone(() => call.invoke("lambda", "DeleteEventSourceMapping", { UUID: physicalId })),
};

const mappingState = (output: Record_): ResourceState => ({
  physicalId: text(output["UUID"]),
  attributes: { Id: output["UUID"], EventSourceMappingArn: output["EventSourceMappingArn"] },
});

function mappingInput(properties: Properties): Record_ {
  const input = pick(properties, [
    "FunctionName",
    "FilterCriteria",
    "FunctionResponseTypes",
    "DestinationConfig",
    "MetricsConfig",
  ]);
  for (const name of mappingNumbers) {
    if (properties[name] !== undefined) input[name] = toNumber(properties[name]);
  }
  for (const name of ["Enabled", "BisectBatchOnFunctionError"]) {
    if (properties[name] !== undefined) input[name] = toBoolean(properties[name]);
  }
  const scaling = properties["ScalingConfig"] as Record_ | undefined;
  if (scaling !== undefined) {
    input["ScalingConfig"] = { MaximumConcurrency: toNumber(scaling["MaximumConcurrency"]) };
  }
  if (properties["KmsKeyArn"] !== undefined) input["KMSKeyArn"] = properties["KmsKeyArn"];
  return input;
}
