/** Wait conditions: a handle is a URL that takes signals, a condition waits until it has had enough of them. */
import { textOf } from "../template/value.ts";
import { responses } from "../keys.ts";
import { resourceFailure } from "../errors.ts";
import { awaitAnswers, openResponse, responsePath } from "./custom-resource.ts";
import type { NativeResource } from "./native.ts";

export const waitConditionHandle: NativeResource = {
  type: "AWS::CloudFormation::WaitConditionHandle",
  properties: {},
  create: async (request) => {
    const token = await openResponse(request);
    return { physicalId: `${request.shell.endpoint}${responsePath}${token}`, attributes: {} };
  },
  update: (request) => Promise.resolve({ physicalId: request.physicalId, attributes: {} }),
  delete: async (request) => {
    const token = request.physicalId.split("/").at(-1) ?? "";
    await request.shell.run({ name: "cloudformation.response", ...request.scope }, (call) => {
      responses.delete(call.tx, [token]);
    });
  },
};

export const waitCondition: NativeResource = {
  type: "AWS::CloudFormation::WaitCondition",
  properties: { Count: "mutable", Handle: "mutable", Timeout: "mutable" },
  create: async (request) => {
    const { properties } = request;
    const token = textOf(properties["Handle"]).split("/").at(-1) ?? "";
    const count = Number(properties["Count"] ?? 1);
    const timeoutS = Number(properties["Timeout"] ?? 43_200);
    const answers = await awaitAnswers(
      request,
      token,
      timeoutS * 1000,
      (all) => all.length >= count || all.some((answer) => answer["Status"] === "FAILURE"),
    );
    if (answers === undefined) {
      throw resourceFailure(`WaitCondition timed out. Received 0 conditions when expecting ${count}`);
    }
    const failed = answers.find((answer) => answer["Status"] === "FAILURE");
    if (failed !== undefined) {
      throw resourceFailure(
        `WaitCondition received failed message: '${String(failed["Reason"])}' for uniqueId: ${String(failed["UniqueId"])}`,
      );
    }
    const data = Object.fromEntries(answers.map((answer) => [String(answer["UniqueId"]), answer["Data"]]));
    return {
      physicalId: `${request.stack.id.replace(":stack/", ":waitCondition/")}/${request.logicalId}`,
      attributes: { Data: JSON.stringify(data) },
    };
  },
  update: (request) => Promise.resolve({ physicalId: request.physicalId, attributes: {} }),
  delete: () => Promise.resolve(),
};
