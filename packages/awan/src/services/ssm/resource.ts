/** CloudFormation's `AWS::SSM::Parameter`. */
import type { Call } from "../../host/call.ts";
import type { Properties, ResourceProvider, ResourceState } from "../../host/resource.ts";
import { parameters } from "./keys.ts";
import { find, storedName } from "./parameter.ts";
import { putParameter } from "./operations/put-parameter.ts";
import { removeParameter } from "./write.ts";

const optional = (value: unknown): string | undefined =>
  value === undefined ? undefined : (value as string);

function state(call: Call, name: string): ResourceState {
  const { row } = find(call, name);
  return { physicalId: name, attributes: { Type: row.type, Value: row.value } };
}

const inputOf = (name: string, properties: Properties) => ({
  Name: name,
  Value: properties["Value"] as string,
  Type: properties["Type"] as "String",
  Description: optional(properties["Description"]),
  AllowedPattern: optional(properties["AllowedPattern"]),
  Tier: optional(properties["Tier"]) as "Standard" | undefined,
  Policies: optional(properties["Policies"]),
  DataType: optional(properties["DataType"]),
});

const parameter: ResourceProvider = {
  type: "AWS::SSM::Parameter",
  properties: {
    AllowedPattern: "mutable",
    DataType: "mutable",
    Description: "mutable",
    Name: "replace",
    Policies: "mutable",
    Tags: "mutable",
    Tier: "mutable",
    Type: "mutable",
    Value: "mutable",
  },
  required: ["Type", "Value"],
  create: (call, { properties, stack, logicalId }) => {
    const name = optional(properties["Name"]) ?? `CFN-${logicalId}-${call.random.text(12)}`;
    putParameter(call, inputOf(name, properties));
    setTags(call, name, { ...stack.tags, ...(properties["Tags"] as Record<string, string> | undefined) });
    return state(call, name);
  },
  update: (call, { physicalId, properties, stack }) => {
    putParameter(call, { ...inputOf(physicalId, properties), Overwrite: true });
    setTags(call, physicalId, {
      ...stack.tags,
      ...(properties["Tags"] as Record<string, string> | undefined),
    });
    return state(call, physicalId);
  },
  delete: (call, { physicalId }) => removeParameter(call, storedName(physicalId)),
};

/** Templates give tags as a map. */
function setTags(call: Call, name: string, tags: Record<string, string>): void {
  const row = parameters.get(call.tx, [storedName(name)]);
  if (row !== undefined) parameters.set(call.tx, [storedName(name)], { ...row, tags });
}

export const providers: readonly ResourceProvider[] = [parameter];
