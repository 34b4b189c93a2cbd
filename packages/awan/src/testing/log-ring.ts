/** The newest lines functions wrote, kept beside CloudWatch Logs so that they can be told when the cloud is gone. */
import type { FunctionLogLine } from "../host/functions.ts";

const linesMax = 400;

export class LogRing {
  #lines: string[] = [];

  add(functionName: string, lines: readonly FunctionLogLine[]): void {
    for (const { timestamp, message } of lines) {
      if (/^(?:START|END|REPORT|INIT_START) /.test(message)) continue;
      this.#lines.push(`${new Date(timestamp).toISOString()} ${functionName}: ${message.trimEnd()}`);
    }
    if (this.#lines.length > 2 * linesMax) this.#lines = this.#lines.slice(-linesMax);
  }

  newest(count: number): readonly string[] {
    return this.#lines.slice(-count);
  }
}
