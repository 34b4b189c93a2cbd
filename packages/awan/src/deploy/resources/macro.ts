/** `AWS::CloudFormation::Macro`: a name under which templates call a function to transform them. */
import { macros } from "../keys.ts";
import type { NativeRequest, NativeResource } from "./native.ts";

const save = async (
  request: NativeRequest,
): Promise<{ physicalId: string; attributes: Record<string, never> }> => {
  const name = String(request.properties["Name"]);
  await request.shell.run({ name: "cloudformation.macro", ...request.scope }, (call) => {
    macros.set(call.tx, [name], { functionArn: String(request.properties["FunctionName"]) });
  });
  return { physicalId: name, attributes: {} };
};

export const macroResource: NativeResource = {
  type: "AWS::CloudFormation::Macro",
  properties: {
    Name: "replace",
    FunctionName: "mutable",
    Description: "mutable",
    LogGroupName: "mutable",
    LogRoleARN: "mutable",
  },
  required: ["FunctionName", "Name"],
  create: save,
  update: save,
  delete: async (request) => {
    await request.shell.run({ name: "cloudformation.macro", ...request.scope }, (call) => {
      macros.delete(call.tx, [request.physicalId]);
    });
  },
};
