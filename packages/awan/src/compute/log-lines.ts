/** The lines Lambda itself writes around an event's own: INIT_START, START, END, REPORT, as text or as JSON. */
import type { FunctionSpec } from "../host/functions.ts";
import type { Failure } from "./instance.ts";

export interface Report {
  readonly durationMs: number;
  readonly initMs: number | undefined;
  readonly maxMemoryUsedMb: number;
  readonly status: "success" | "error" | "timeout" | "failure";
  readonly errorType: string | undefined;
  readonly failure?: Failure;
  readonly traceHeader: string;
}

const round = (ms: number): string => ms.toFixed(2);

export class LogLines {
  readonly #spec: FunctionSpec;
  readonly #requestId: string;
  readonly #iso: string;

  constructor(spec: FunctionSpec, requestId: string, nowMs: number) {
    this.#spec = spec;
    this.#requestId = requestId;
    this.#iso = new Date(nowMs).toISOString();
  }

  initStart(): string {
    const { runtime, logFormat, name, version, isProvisioned } = this.#spec;
    if (logFormat === "JSON") {
      return this.#json("platform.initStart", {
        initializationType: isProvisioned ? "provisioned-concurrency" : "on-demand",
        phase: "init",
        runtimeVersion: `${runtime}:awan`,
        functionName: name,
        functionVersion: version,
      });
    }
    return `INIT_START Runtime Version: ${runtime}:awan\tRuntime Version ARN: arn:aws:lambda:${this.#spec.region}::runtime:awan\n`;
  }

  start(): string {
    if (this.#spec.logFormat === "JSON") {
      return this.#json("platform.start", { requestId: this.#requestId, version: this.#spec.version });
    }
    return `START RequestId: ${this.#requestId} Version: ${this.#spec.version}\n`;
  }

  timedOut(): string {
    return `${this.#iso} ${this.#requestId} Task timed out after ${round(this.#spec.timeoutMs / 1000)} seconds\n\n`;
  }

  exited(failure: Failure): string {
    return `${failure.errorMessage}\n${failure.errorType}\n`;
  }

  /** The closing lines. */
  end(report: Report): string[] {
    const billedMs = Math.ceil(report.durationMs);
    if (this.#spec.logFormat === "JSON") {
      const metrics = {
        durationMs: Number(round(report.durationMs)),
        billedDurationMs: billedMs,
        memorySizeMB: this.#spec.memorySizeMb,
        maxMemoryUsedMB: report.maxMemoryUsedMb,
        ...(report.initMs === undefined ? {} : { initDurationMs: Number(round(report.initMs)) }),
      };
      const errorType = report.errorType === undefined ? {} : { errorType: report.errorType };
      return [
        this.#json("platform.report", {
          requestId: this.#requestId,
          metrics,
          status: report.status,
          ...errorType,
        }),
      ];
    }
    const parts = [
      `REPORT RequestId: ${this.#requestId}`,
      `Duration: ${round(report.durationMs)} ms`,
      `Billed Duration: ${billedMs} ms`,
      `Memory Size: ${this.#spec.memorySizeMb} MB`,
      `Max Memory Used: ${report.maxMemoryUsedMb} MB`,
    ];
    if (report.initMs !== undefined) parts.push(`Init Duration: ${round(report.initMs)} ms`);
    if (report.status === "timeout") parts.push("Status: timeout");
    if (report.status === "failure")
      parts.push("Status: error", `Error Type: ${report.errorType ?? "Runtime.Unknown"}`);
    return [`END RequestId: ${this.#requestId}\n`, `${parts.join("\t")}\t\n`];
  }

  #json(type: string, record: object): string {
    return `${JSON.stringify({ time: this.#iso, type, record })}\n`;
  }
}
