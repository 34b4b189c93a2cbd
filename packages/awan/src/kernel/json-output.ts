/**
 * An output that is JSON already, because what it answers with was stored as JSON: the wire sends the text as it is, and
 * callers inside the process are given the value.
 */
export class JsonOutput {
  /** The whole body, as the operation's JSON protocol has it. */
  readonly text: string;
  readonly #read: (text: string) => Record<string, unknown>;

  constructor(text: string, read: (text: string) => Record<string, unknown>) {
    this.text = text;
    this.#read = read;
  }

  /** The output as any other operation would have returned it. */
  value(): Record<string, unknown> {
    return this.#read(this.text);
  }
}

/** An operation's output as a value. */
export const plainOutput = <Output extends object>(output: Output): Output =>
  output instanceof JsonOutput ? (output.value() as Output) : output;
