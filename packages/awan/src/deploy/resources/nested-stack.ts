/** `AWS::CloudFormation::Stack`: a stack as a resource, waited for by watching its row. */
import { AwsError } from "../../kernel/errors.ts";
import type { ResourceState } from "../../host/resource.ts";
import { Park } from "../../host/service.ts";
import { nestedNames, type StackRow, stacks } from "../keys.ts";
import { resourceFailure } from "../errors.ts";
import { liveStack } from "../stack/lookup.ts";
import { generateName } from "../stack/naming.ts";
import { aside, foreverMs } from "../stack/waiting.ts";
import { type Dict, isDict, scalarText } from "../template/value.ts";
import type { NativeRequest, NativeResource } from "./native.ts";

/** The child's row once nothing is being done to it any more. */
async function settled(request: NativeRequest, stackId: string): Promise<StackRow | undefined> {
  return await aside(request.shell, () =>
    request.shell.run({ name: "cloudformation.await", ...request.scope }, (call) => {
      const row = stacks.get(call.tx, [stackId]);
      return row !== undefined && row.status.endsWith("_IN_PROGRESS")
        ? new Park(call.nowMs + foreverMs)
        : row;
    }),
  );
}

const stateOf = (row: StackRow): ResourceState => ({
  physicalId: row.id,
  attributes: { Outputs: Object.fromEntries(row.outputs.map(({ key, value }) => [key, value])) },
});

/** The child's template, parameters and tags, as CreateStack takes them. */
export function settingsOf({ properties, stack }: Pick<NativeRequest, "properties" | "stack">): Dict {
  const parameters = isDict(properties["Parameters"]) ? properties["Parameters"] : {};
  const own = Array.isArray(properties["Tags"]) ? (properties["Tags"] as Dict[]) : [];
  const tags = {
    ...stack.tags,
    ...Object.fromEntries(own.map((tag) => [String(tag["Key"]), String(tag["Value"])])),
  };
  return {
    TemplateURL: properties["TemplateURL"],
    TemplateBody: properties["TemplateBody"],
    Parameters: Object.entries(parameters).map(([key, value]) => ({
      ParameterKey: key,
      ParameterValue: Array.isArray(value) ? value.join(",") : (scalarText(value) ?? ""),
    })),
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    Capabilities: ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
    NotificationARNs: properties["NotificationARNs"],
  };
}

/** Starts the child and adopts it; answers its id. */
async function begin(request: NativeRequest): Promise<string> {
  const { shell, scope, stack, logicalId } = request;
  const { name, made } = await shell.run({ name: "cloudformation.name", ...scope }, (call) => {
    const known = nestedNames.get(call.tx, [stack.id, logicalId])?.name;
    const chosen = known ?? generateName(call, stack.name, logicalId, { lengthMax: 128 });
    nestedNames.set(call.tx, [stack.id, logicalId], { name: chosen });
    const live = liveStack(call, chosen);
    // One that only has change sets becomes this stack.
    return { name: chosen, made: live?.status === "REVIEW_IN_PROGRESS" ? undefined : live?.id };
  });
  const childId = made ?? (await create(request, name));
  await shell.run({ name: "cloudformation.adopt", ...scope }, (call) => {
    const row = stacks.get(call.tx, [childId]);
    if (row !== undefined) {
      stacks.set(call.tx, [childId], { ...row, parentId: stack.id, rootId: stack.rootId ?? stack.id });
    }
  });
  await request.started(childId);
  return childId;
}

async function create(request: NativeRequest, name: string): Promise<string> {
  const { shell, scope, stack, properties } = request;
  const timeout = properties["TimeoutInMinutes"];
  const answer = await shell.invoke(
    "cloudformation",
    "CreateStack",
    {
      StackName: name,
      ...settingsOf(request),
      DisableRollback: stack.disableRollback,
      ...(timeout === undefined ? {} : { TimeoutInMinutes: Number(timeout) }),
    },
    scope,
  );
  return String(answer["StackId"]);
}

export const nestedStack: NativeResource = {
  type: "AWS::CloudFormation::Stack",
  properties: {
    NotificationARNs: "mutable",
    Parameters: "mutable",
    Tags: "mutable",
    TemplateBody: "mutable",
    TemplateURL: "mutable",
    TimeoutInMinutes: "mutable",
  },
  create: async (request) => {
    const childId = request.startedBefore ?? (await begin(request));
    const row = await settled(request, childId);
    if (row?.status !== "CREATE_COMPLETE") {
      throw resourceFailure(
        `Embedded stack ${childId} was not successfully created: ${row?.statusReason ?? "The stack does not exist"}`,
      );
    }
    return stateOf(row);
  },
  update: async (request) => {
    const { shell, scope, physicalId } = request;
    try {
      await shell.invoke(
        "cloudformation",
        "UpdateStack",
        { StackName: physicalId, ...settingsOf(request) },
        scope,
      );
    } catch (error) {
      if (!(error instanceof AwsError) || error.message !== "No updates are to be performed.") throw error;
    }
    const row = await settled(request, physicalId);
    if (row === undefined || !["CREATE_COMPLETE", "UPDATE_COMPLETE"].includes(row.status)) {
      throw resourceFailure(
        `Embedded stack ${physicalId} was not successfully updated. Currently in ${row?.status ?? "DELETE_COMPLETE"} with reason: ${row?.statusReason ?? ""}`,
      );
    }
    return stateOf(row);
  },
  delete: async (request) => {
    const { shell, scope, physicalId } = request;
    await shell.invoke("cloudformation", "DeleteStack", { StackName: physicalId }, scope);
    const row = await settled(request, physicalId);
    if (row !== undefined && row.status !== "DELETE_COMPLETE") {
      throw resourceFailure(
        `Embedded stack ${physicalId} was not successfully deleted: ${row.statusReason ?? ""}`,
      );
    }
    await shell.run({ name: "cloudformation.name", ...scope }, (call) => {
      nestedNames.delete(call.tx, [request.stack.id, request.logicalId]);
    });
  },
};
