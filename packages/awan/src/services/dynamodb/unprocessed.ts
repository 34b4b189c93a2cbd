/** What a batch could not do because its tables were throttled. A batch of which nothing can be done is refused whole. */
import type { Call } from "../../host/call.ts";
import { AwsError } from "../../kernel/errors.ts";
import type { TableRow } from "./schema.ts";
import { isThrottling } from "./throughput.ts";

export interface Entry<Request> {
  readonly table: TableRow;
  /** The table as the batch names it. */
  readonly name: string;
  readonly request: Request;
}

export class Unprocessed<Request> {
  readonly #left = new Map<string, Request[]>();
  #refusal: AwsError | undefined;
  #isAnyDone = false;

  /** Runs a request; false when it was throttled, and is kept for the answer. */
  try(call: Call, { table, name, request }: Entry<Request>, run: () => void): boolean {
    if (!table.enforced) {
      run();
      this.#isAnyDone = true;
      return true;
    }
    const result = call.tx.draft.attempt(run);
    if (!(result instanceof AwsError)) {
      this.#isAnyDone = true;
      return true;
    }
    if (!isThrottling(result)) throw result;
    this.#refusal = result;
    this.add(name, request);
    return false;
  }

  /** Keeps a request for the answer. */
  add(name: string, request: Request): void {
    const list = this.#left.get(name);
    if (list === undefined) this.#left.set(name, [request]);
    else list.push(request);
  }

  checkSome(): void {
    if (this.#refusal !== undefined && !this.#isAnyDone) throw this.#refusal;
  }

  byTable(): Record<string, readonly Request[]> {
    return Object.fromEntries(this.#left);
  }
}
