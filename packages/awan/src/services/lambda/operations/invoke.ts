/** Invoke: run and answer, accept for later, or only check. */
import type { Call } from "../../../host/call.ts";
import { type Answer, Park, Perform } from "../../../host/service.ts";
import { AwsError } from "../../../kernel/errors.ts";
import { acceptEvent } from "../asynchronous.ts";
import { functionNotFound, invalidParameter, tooLarge } from "../errors.ts";
import { executionArn, startExecution } from "../durable/execution.ts";
import { executions } from "../durable/keys.ts";
import { requireVersion, resolveTarget } from "../function.ts";
import { functions, type Settings } from "../keys.ts";
import type { RunRequest } from "../invoke.ts";
import { limits } from "../limits.ts";
import { functionArn, type FunctionReference, parseFunctionName } from "../names.ts";
import type { InvokeResult } from "../port.ts";
import type { In, Out } from "../sdk.ts";

export function invoke(call: Call, input: In<"Invoke">): Answer<Out<"Invoke">> {
  const reference = parseFunctionName(call, input.FunctionName, input.Qualifier);
  const payload = input.Payload ?? new Uint8Array();
  const clientContext = decodeClientContext(input.ClientContext);
  const kind = input.InvocationType ?? "RequestResponse";
  if (!functions.has(call.tx, [reference.name])) {
    throw functionNotFound(functionArn(call, reference.name, reference.qualifier ?? "$LATEST"));
  }
  const target = resolveTarget(call, reference);
  checkPayload(payload, kind === "Event");
  if (kind === "DryRun") return { StatusCode: 204 };
  const config = requireVersion(call, reference).version.settings.DurableConfig;
  if (config !== undefined) return invokeDurable(call, input, reference, config);
  if (kind === "Event") {
    acceptEvent(call, {
      functionName: reference.name,
      qualifier: reference.qualifier ?? "",
      payload,
      clientContext: clientContext ?? null,
      requestId: call.requestId,
    });
    return { StatusCode: 202, Payload: new Uint8Array() as never };
  }
  const request: RunRequest = {
    target,
    payload,
    requestId: call.requestId,
    causes: [call.trace.parentId],
    isRated: true,
    ...(clientContext === undefined ? {} : { clientContext }),
  };
  return new Perform("lambda.run", request, (_later, result: InvokeResult) => ({
    StatusCode: 200,
    ExecutedVersion: result.executedVersion,
    Payload: result.payload as never,
    ...(result.functionError === undefined ? {} : { FunctionError: result.functionError }),
    ...(input.LogType === "Tail" && result.logTail !== undefined ? { LogResult: result.logTail } : {}),
  }));
}

/** The old InvokeAsync: always 202. */
export function invokeAsync(call: Call, input: In<"InvokeAsync">): Answer<Out<"InvokeAsync">> {
  const { name, qualifier } = parseFunctionName(call, input.FunctionName);
  const payload = input.InvokeArgs as unknown as Uint8Array;
  resolveTarget(call, { name, qualifier });
  checkPayload(payload, true);
  acceptEvent(call, {
    functionName: name,
    qualifier: qualifier ?? "",
    payload,
    clientContext: null,
    requestId: call.requestId,
  });
  return { Status: 202 };
}

export function decodeClientContext(base64: string | undefined): string | undefined {
  return base64 === undefined ? undefined : Buffer.from(base64, "base64").toString("utf8");
}

export function checkPayload(payload: Uint8Array, asynchronous: boolean): void {
  const bytesMax = asynchronous ? limits.asynchronousRequestBytesMax : limits.requestBytesMax;
  if (payload.byteLength > bytesMax) throw tooLarge(bytesMax, "InvokeFunction");
  if (payload.byteLength === 0) return;
  try {
    JSON.parse(Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString("utf8"));
  } catch (error) {
    const token = /^\s*([^\s,:{}[\]"]+)/.exec(Buffer.from(payload).toString("utf8", 0, 64))?.[1] ?? "";
    throw new AwsError(
      "InvalidRequestContentException",
      `Could not parse request body into json: Could not parse payload into json: Unrecognized token '${token}': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')\n at [Source: (byte[])"${Buffer.from(payload).toString("utf8", 0, 500)}"; line: 1, column: ${token.length + 1}]`,
      { members: { Type: "User" }, ...(error instanceof Error ? {} : {}) },
    );
  }
}

/** No execution lasts longer. */
const waitMsMax = 366 * 24 * 3_600_000;

/** Starts an execution; a synchronous caller waits for its end. */
function invokeDurable(
  call: Call,
  input: In<"Invoke">,
  reference: FunctionReference,
  config: NonNullable<Settings["DurableConfig"]>,
): Answer<Out<"Invoke">> {
  if (reference.qualifier === undefined) {
    throw invalidParameter("You cannot invoke a durable function using an unqualified ARN.");
  }
  const id = startExecution(call, {
    functionName: reference.name,
    qualifier: reference.qualifier,
    executionName: input.DurableExecutionName,
    input: Buffer.from(input.Payload ?? []).toString("utf8") || "{}",
    timeoutSeconds: config.ExecutionTimeout,
    parent: null,
  });
  const row = executions.get(call.tx, [id]);
  const DurableExecutionArn = row === undefined ? "" : executionArn(call, id, row);
  if (input.InvocationType === "Event") return { StatusCode: 202, DurableExecutionArn };
  return new Perform("lambda.nothing", {}, (later) => {
    const ended = executions.get(later.tx, [id]);
    if (ended?.status === "RUNNING") return new Park(later.startedAtMs + waitMsMax);
    const ExecutedVersion = reference.qualifier;
    if (ended?.status === "SUCCEEDED") {
      return {
        StatusCode: 200,
        Payload: Buffer.from(ended.result ?? "null", "utf8") as never,
        ExecutedVersion,
        DurableExecutionArn,
      };
    }
    const {
      ErrorType: errorType = ended?.status,
      ErrorMessage: errorMessage = "",
      StackTrace,
    } = ended?.error ?? {};
    const failure = JSON.stringify({
      errorType,
      errorMessage,
      ...(StackTrace === undefined ? {} : { stackTrace: StackTrace }),
    });
    return {
      StatusCode: 200,
      FunctionError: "Unhandled",
      Payload: Buffer.from(failure, "utf8") as never,
      ExecutedVersion,
      DurableExecutionArn,
    };
  });
}
