/** InvokeWithResponseStream: the answer leaves while the function still writes it. */
import type { InvokeWithResponseStreamResponseEvent } from "@aws-sdk/client-lambda";
import type { Call } from "../../../host/call.ts";
import { type Answer, Perform } from "../../../host/service.ts";
import { resolveTarget } from "../function.ts";
import type { RunRequest } from "../invoke.ts";
import { parseFunctionName } from "../names.ts";
import type { InvokeResult } from "../port.ts";
import type { ResponseStream } from "../response-stream.ts";
import type { In, Out } from "../sdk.ts";
import { checkPayload, decodeClientContext } from "./invoke.ts";

/** The result of the effect `lambda.stream`. */
export interface Streaming {
  readonly stream: ResponseStream;
  readonly result: Promise<InvokeResult>;
}

export function invokeWithResponseStream(
  call: Call,
  input: In<"InvokeWithResponseStream">,
): Answer<Out<"InvokeWithResponseStream">> {
  const reference = parseFunctionName(call, input.FunctionName, input.Qualifier);
  const payload = input.Payload ?? new Uint8Array();
  const target = resolveTarget(call, reference);
  checkPayload(payload, false);
  if (input.InvocationType === "DryRun") return { StatusCode: 204 };
  const clientContext = decodeClientContext(input.ClientContext);
  const request: RunRequest = {
    target,
    payload,
    requestId: call.requestId,
    causes: [call.trace.parentId],
    isRated: true,
    ...(clientContext === undefined ? {} : { clientContext }),
  };
  return new Perform("lambda.stream", request, (_later, streaming: Streaming) => ({
    StatusCode: 200,
    ExecutedVersion: target.spec.version,
    ResponseStreamContentType: "application/vnd.amazon.eventstream",
    EventStream: eventsOf(streaming, input.LogType === "Tail"),
  }));
}

/** A prelude is part of the bytes, followed by eight zeros, as AWS sends it. */
async function* eventsOf(
  { stream, result }: Streaming,
  withLog: boolean,
): AsyncGenerator<InvokeWithResponseStreamResponseEvent, void> {
  await stream.started;
  if (stream.preludeJson !== undefined) {
    const Payload = Buffer.concat([Buffer.from(stream.preludeJson, "utf8"), Buffer.alloc(8)]);
    yield { PayloadChunk: { Payload } };
  }
  for await (const Payload of stream) yield { PayloadChunk: { Payload } };
  const end = await result;
  const failed = end.functionError !== undefined;
  const details = failed
    ? (JSON.parse(Buffer.from(end.payload).toString("utf8")) as { errorType?: string; errorMessage?: string })
    : {};
  if (!failed && end.payload.byteLength > 0) yield { PayloadChunk: { Payload: end.payload } };
  yield {
    InvokeComplete: {
      ...(failed
        ? { ErrorCode: details.errorType ?? "Unhandled", ErrorDetails: details.errorMessage ?? "" }
        : {}),
      ...(withLog && end.logTail !== undefined ? { LogResult: end.logTail } : {}),
    },
  };
}
