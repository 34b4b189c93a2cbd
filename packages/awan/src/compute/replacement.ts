/** A function whose place a test's callback takes: same answers, same log lines, no process. */
import type {
  FunctionInvocation,
  FunctionLogLine,
  FunctionOutcome,
  FunctionReplacement,
} from "../host/functions.ts";
import type { Clock } from "../kernel/clock.ts";
import { LogLines } from "./log-lines.ts";

export async function runReplacement(
  replacement: FunctionReplacement,
  invocation: FunctionInvocation,
  clock: Clock,
  logStream: string,
): Promise<FunctionOutcome> {
  const { spec, requestId, payload } = invocation;
  const format = new LogLines(spec, requestId, clock.nowMs());
  const lines: FunctionLogLine[] = [{ timestamp: clock.nowMs(), message: format.start() }];
  let answer: unknown;
  let errorType: string | undefined;
  try {
    const event: unknown = payload.byteLength === 0 ? {} : JSON.parse(Buffer.from(payload).toString("utf8"));
    answer = (await replacement(event, { awsRequestId: requestId })) ?? null;
  } catch (error) {
    const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
    errorType = name;
    answer = { errorType: name, errorMessage: message, trace: (stack ?? "").split("\n") };
  }
  const report = {
    durationMs: 0,
    initMs: undefined,
    maxMemoryUsedMb: 0,
    status: errorType === undefined ? "success" : "error",
    errorType,
    traceHeader: invocation.traceHeader,
  } as const;
  for (const message of format.end(report)) lines.push({ timestamp: clock.nowMs(), message });
  return {
    payload: Buffer.from(JSON.stringify(answer), "utf8"),
    ...(errorType === undefined ? {} : { functionError: "Unhandled" as const, errorType }),
    logStream,
    lines,
    durationMs: 0,
  };
}
