/**
 * Custom resources: the user's function (or topic) is told what to do and answers by a PUT to a URL of ours. The wait is
 * a parked read of the answer's row, so it ends by the answer or by the clock, never by polling.
 */
import { AwsError } from "../../kernel/errors.ts";
import type { ResourceState } from "../../host/resource.ts";
import { Park } from "../../host/service.ts";
import { responses, responseScopes } from "../keys.ts";
import { aside } from "../stack/waiting.ts";
import { type Dict, isDict, textOf } from "../template/value.ts";
import { helped } from "../cdk/helper.ts";
import { resourceFailure } from "../errors.ts";
import type { NativeRequest, NativeResource, NativeUpdate } from "./native.ts";

export const isCustomType = (type: string): boolean =>
  type.startsWith("Custom::") || type === "AWS::CloudFormation::CustomResource";

const timeoutSDefault = 3600;

export const responsePath = "/_awan/cloudformation/response/";

/** Opens a place for answers; its token is a secret only the answerer is told. */
export async function openResponse(request: NativeRequest): Promise<string> {
  return await request.shell.run({ name: "cloudformation.response", ...request.scope }, (call) => {
    const token = call.random.text(40);
    responses.set(call.tx, [token], { stackId: request.stack.id, logicalId: request.logicalId, answers: [] });
    responseScopes.set(call.in({ accountId: "", region: "" }).tx, [token], request.scope);
    return token;
  });
}

/** Waits until `enough` is content with what was answered; undefined when the time is over. */
export async function awaitAnswers(
  request: NativeRequest,
  token: string,
  timeoutMs: number,
  enough: (answers: readonly Dict[]) => boolean,
): Promise<readonly Dict[] | undefined> {
  const { shell, scope, signal } = request;
  const deadlineMs = shell.clock.nowMs() + timeoutMs;
  const answered = shell.run<readonly Dict[] | "late">(
    { name: "cloudformation.await", ...scope, caller: { signal } },
    (call) => {
      const answers = responses.get(call.tx, [token])?.answers ?? [];
      if (enough(answers)) return answers;
      return call.nowMs >= deadlineMs ? "late" : new Park(deadlineMs);
    },
  );
  const cancelled = new Promise<"cancelled">((resolve) => {
    if (signal.aborted) resolve("cancelled");
    signal.addEventListener("abort", () => resolve("cancelled"), { once: true });
  });
  const first = await aside(shell, () =>
    Promise.race([answered.catch((error: unknown) => abandon(signal, error)), cancelled]),
  );
  await closeResponse(request, token);
  if (first === "cancelled") throw resourceFailure("Resource creation cancelled");
  return first === "late" ? undefined : first;
}

function abandon(signal: AbortSignal, error: unknown): "cancelled" {
  if (signal.aborted) return "cancelled";
  throw error;
}

async function closeResponse(request: NativeRequest, token: string): Promise<void> {
  await request.shell.run({ name: "cloudformation.response", ...request.scope }, (call) => {
    responses.delete(call.tx, [token]);
    responseScopes.delete(call.in({ accountId: "", region: "" }).tx, [token]);
  });
}

interface Told {
  readonly requestType: "Create" | "Update" | "Delete";
  readonly physicalId?: string;
  readonly previous?: Dict;
}

async function tell(request: NativeRequest, told: Told): Promise<ResourceState> {
  const { shell, scope, stack, logicalId, properties } = request;
  const done = await helped({ ...request, ...told });
  if (done !== undefined) return done;
  const serviceToken = textOf(properties["ServiceToken"]);
  const token = await openResponse(request);
  const requestId = await shell.run({ name: "cloudformation.response", ...scope }, (call) =>
    call.random.uuid(),
  );
  const payload = {
    RequestType: told.requestType,
    ServiceToken: serviceToken,
    ResponseURL: `${shell.endpoint}${responsePath}${token}`,
    StackId: stack.id,
    RequestId: requestId,
    LogicalResourceId: logicalId,
    ...(told.physicalId === undefined ? {} : { PhysicalResourceId: told.physicalId }),
    ResourceType: request.type,
    ResourceProperties: textual(properties),
    ...(told.previous === undefined ? {} : { OldResourceProperties: textual(told.previous) }),
  };
  const crashed = await send(request, serviceToken, payload);
  const timeoutS = Number(properties["ServiceTimeout"] ?? timeoutSDefault);
  const answers = await awaitAnswers(request, token, crashed ? 0 : timeoutS * 1000, (all) => all.length > 0);
  const answer = answers?.[0];
  if (answer === undefined) {
    throw resourceFailure(
      `CloudFormation did not receive a response from your Custom Resource. Please check your logs for requestId [${requestId}]. If you are using the Python cfn-response module, you may need to update your Lambda function code so that CloudFormation can attach the updated version.`,
    );
  }
  return read(answer, requestId, told);
}

function read(answer: Dict, requestId: string, told: Told): ResourceState {
  if (answer["Status"] !== "SUCCESS") {
    throw resourceFailure(
      `Received response status [FAILED] from custom resource. Message returned: ${textOf(answer["Reason"])} (RequestId: ${requestId})`,
    );
  }
  const physicalId = answer["PhysicalResourceId"] ?? told.physicalId;
  if (typeof physicalId !== "string" || physicalId === "") {
    throw resourceFailure("Invalid PhysicalResourceId");
  }
  return { physicalId, attributes: isDict(answer["Data"]) ? answer["Data"] : {} };
}

/** True when the function itself failed, so that no answer can come. */
async function send(request: NativeRequest, serviceToken: string, payload: Dict): Promise<boolean> {
  const { shell, scope } = request;
  if (serviceToken.split(":")[2] === "sns") {
    const message = {
      TopicArn: serviceToken,
      Subject: "AWS CloudFormation custom resource request",
      Message: JSON.stringify(payload),
    };
    await shell.invoke("sns", "Publish", message, scope);
    return false;
  }
  try {
    const result = await shell.perform("lambda.invoke", {
      functionArn: serviceToken,
      payload: new TextEncoder().encode(JSON.stringify(payload)),
      kind: "RequestResponse",
    });
    return isDict(result) && result["functionError"] !== undefined;
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw resourceFailure(error.message);
  }
}

/** AWS hands every scalar of a custom resource's properties on as a string. */
function textual(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(textual);
  if (isDict(value))
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, textual(member)]));
  return value === null || value === undefined ? value : textOf(value);
}

export const customResource: NativeResource = {
  type: "AWS::CloudFormation::CustomResource",
  properties: "any",
  required: ["ServiceToken"],
  create: (request) => tell(request, { requestType: "Create" }),
  update: (request: NativeUpdate) =>
    tell(request, {
      requestType: "Update",
      physicalId: request.physicalId,
      previous: request.previousProperties,
    }),
  delete: async (request) => {
    await tell(request, { requestType: "Delete", physicalId: request.physicalId });
  },
};
