/** One event on one instance: init if it is cold, run, watch, and put into AWS's words how it ended. */
import type { FunctionInvocation, FunctionLogLine, FunctionOutcome } from "../host/functions.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Ending, Failure, Instance, Listener, RuntimeEvent } from "./instance.ts";
import { LogLines, type Report } from "./log-lines.ts";
import { type Breach, watch } from "./watch.ts";

const mebibyte = 1024 * 1024;
const initTimeoutMs = 10_000;
/** AWS's own number: 6 MB and what its envelope needs. */
const responseBytesMax = 6_291_556;

export interface InvocationRun {
  readonly invocation: FunctionInvocation;
  readonly instance: Instance;
  readonly cold: boolean;
  /** The platform's time, possibly virtual. */
  readonly platformClock: Clock;
  /** The machine's time: processes live in it. */
  readonly machineClock: Clock;
  /** Said at the head of the log. */
  readonly notice: string | undefined;
  /** Timeouts are suspended while a debugger is attached. */
  readonly suspendTimeouts: boolean;
}

export interface InvocationEnd {
  readonly outcome: FunctionOutcome;
  /** Whether the instance may serve another event. */
  readonly usable: boolean;
}

interface Verdict {
  readonly payload: Uint8Array;
  readonly failure?: Failure;
  readonly status: Report["status"];
  readonly usable: boolean;
  readonly rssBytes: number;
}

export async function runInvocation(run: InvocationRun): Promise<InvocationEnd> {
  const { invocation, instance, platformClock, machineClock } = run;
  const { spec, requestId } = invocation;
  const format = new LogLines(spec, requestId, platformClock.nowMs());
  const lines: FunctionLogLine[] = [];
  const log = (message: string): void => {
    lines.push({ timestamp: platformClock.nowMs(), message });
  };
  const chunks: Uint8Array[] = [];
  let prelude: string | undefined;
  const listener: Listener = {
    log,
    prelude: (json) => {
      prelude = json;
      invocation.stream?.prelude(json);
    },
    chunk: (bytes) => {
      if (invocation.stream === undefined) chunks.push(bytes);
      else invocation.stream.chunk(bytes);
    },
  };
  let initMs: number | undefined;
  let ending: Ending | Breach | undefined;
  let startedMs = machineClock.nowMs();
  if (run.notice !== undefined) log(run.notice);
  if (run.cold) {
    log(format.initStart());
    const startedInitAt = process.hrtime.bigint();
    ending = await bounded(run, Math.max(initTimeoutMs, spec.timeoutMs), () => instance.init(listener));
    initMs = Number(process.hrtime.bigint() - startedInitAt) / 1e6;
  }
  log(format.start());
  const startedAt = process.hrtime.bigint();
  startedMs = machineClock.nowMs();
  if (ending === undefined) {
    const event = eventOf(run);
    ending = await bounded(run, spec.timeoutMs, () => instance.run(event, listener));
  }
  const durationMs = Math.max(
    Number(process.hrtime.bigint() - startedAt) / 1e6,
    machineClock.nowMs() - startedMs,
  );
  const verdict = judge(ending, chunks, invocation, format, log);
  const report: Report = {
    durationMs: verdict.status === "timeout" ? spec.timeoutMs : durationMs,
    initMs,
    maxMemoryUsedMb: Math.min(spec.memorySizeMb, Math.ceil(verdict.rssBytes / mebibyte)),
    status: verdict.status,
    errorType: verdict.failure?.errorType,
    traceHeader: invocation.traceHeader,
  };
  for (const line of format.end(report)) log(line);
  const outcome: FunctionOutcome = {
    payload: verdict.payload,
    ...(verdict.failure === undefined
      ? {}
      : { functionError: "Unhandled" as const, errorType: verdict.failure.errorType }),
    logStream: instance.logStream,
    lines,
    durationMs,
    ...(initMs === undefined ? {} : { initMs }),
    ...(prelude === undefined ? {} : { prelude }),
  };
  return { outcome, usable: verdict.usable };
}

function eventOf({ invocation, platformClock }: InvocationRun): RuntimeEvent {
  const { requestId, invokedArn, payload, traceHeader, clientContext, identity, spec } = invocation;
  return {
    requestId,
    invokedArn,
    payload,
    traceHeader,
    timeoutMs: spec.timeoutMs,
    nowMs: platformClock.nowMs(),
    ...(clientContext === undefined ? {} : { clientContext }),
    ...(identity === undefined ? {} : { identity }),
  };
}

/** Runs `body`, ending the instance when it takes too long or too much. */
async function bounded<Result>(
  run: InvocationRun,
  timeoutMs: number,
  body: () => Promise<Result>,
): Promise<Result | Breach> {
  let breach: Breach | undefined;
  const stop = watch(
    {
      clock: run.machineClock,
      processId: run.instance.processId,
      timeoutMs: run.suspendTimeouts ? 2 ** 40 : timeoutMs,
      memoryBytesMax: Math.max(run.invocation.spec.memorySizeMb, 128) * mebibyte,
    },
    (what) => {
      breach = what;
      void run.instance.end(what === "timeout" ? "TIMEOUT" : "FAILURE");
    },
  );
  try {
    const result = await body();
    return breach ?? result;
  } finally {
    stop();
  }
}

const json = (failure: Failure): Uint8Array => Buffer.from(JSON.stringify(failure), "utf8");

function judge(
  ending: Ending | Breach | undefined,
  chunks: readonly Uint8Array[],
  invocation: FunctionInvocation,
  format: LogLines,
  log: (message: string) => void,
): Verdict {
  const { spec, requestId } = invocation;
  const memoryBytes = spec.memorySizeMb * mebibyte;
  if (ending === "timeout") {
    const failure = {
      errorType: "Sandbox.Timedout",
      errorMessage: `RequestId: ${requestId} Error: Task timed out after ${(spec.timeoutMs / 1000).toFixed(2)} seconds`,
    };
    log(format.timedOut());
    return { payload: json(failure), failure, status: "timeout", usable: false, rssBytes: memoryBytes / 2 };
  }
  if (ending === undefined || ending === "memory" || ending.kind === "exit") {
    const reason =
      ending === "memory" || ending === undefined
        ? "Runtime exited with error: signal: killed"
        : exitReason(ending.code, ending.signal);
    const failure = {
      errorType: "Runtime.ExitError",
      errorMessage: `RequestId: ${requestId} Error: ${reason}`,
    };
    log(format.exited(failure));
    return { payload: json(failure), failure, status: "failure", usable: false, rssBytes: memoryBytes };
  }
  if (ending.kind === "failure") {
    const { failure, fatal, rssBytes } = ending;
    const status = fatal ? "failure" : "error";
    return { payload: json(failure), failure, status, usable: !fatal, rssBytes };
  }
  const payload = ending.kind === "result" ? ending.payload : Buffer.concat(chunks);
  if (invocation.stream === undefined && payload.byteLength > responseBytesMax) {
    const failure = {
      errorType: "Function.ResponseSizeTooLarge",
      errorMessage: `Response payload size exceeded maximum allowed payload size (${responseBytesMax} bytes).`,
    };
    return { payload: json(failure), failure, status: "error", usable: true, rssBytes: ending.rssBytes };
  }
  return { payload, status: "success", usable: true, rssBytes: ending.rssBytes };
}

const signalNames: Readonly<Record<string, string>> = {
  SIGKILL: "killed",
  SIGABRT: "aborted",
  SIGSEGV: "segmentation fault",
  SIGTERM: "terminated",
  SIGINT: "interrupt",
  SIGBUS: "bus error",
};

function exitReason(code: number | null, signal: string | null): string {
  if (signal !== null) return `Runtime exited with error: signal: ${signalNames[signal] ?? signal}`;
  return code === 0 || code === null
    ? "Runtime exited without providing a reason"
    : `Runtime exited with error: exit status ${code}`;
}
