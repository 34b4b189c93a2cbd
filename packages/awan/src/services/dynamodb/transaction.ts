/** What TransactWriteItems, TransactGetItems and ExecuteTransaction share: reasons, totals per table, all or nothing. */
import type { CancellationReason, ConsumedCapacity } from "@aws-sdk/client-dynamodb";
import type { Call } from "../../host/call.ts";
import { AwsError } from "../../kernel/errors.ts";
import { consumedCapacity, type Units } from "./capacity.ts";
import { Constraints } from "./constraints.ts";
import { limits } from "./limits.ts";
import type { TableRow } from "./schema.ts";

const none: CancellationReason = { Code: "None" };

export function checkTransactItems(items: readonly unknown[] | undefined, path = "transactItems"): void {
  new Constraints().required(path, items).length(path, items, 1, limits.transactionItemsMax).check();
}

const reasonCodes: Readonly<Record<string, string>> = {
  ConditionalCheckFailedException: "ConditionalCheckFailed",
  DuplicateItemException: "DuplicateItem",
  ProvisionedThroughputExceededException: "ProvisionedThroughputExceeded",
  ThrottlingException: "ThrottlingError",
};

/** One action's failure as AWS lists it. */
function reasonOf(error: AwsError): CancellationReason {
  const { Item: item } = error.members as { Item?: NonNullable<CancellationReason["Item"]> };
  const code = reasonCodes[error.code] ?? "ValidationError";
  return { Code: code, Message: error.message, ...(item === undefined ? {} : { Item: item }) };
}

/** Runs every action; if any fails, none has happened, and the error tells of each in order. */
export function allOrNothing<Action, Result>(
  call: Call,
  actions: readonly Action[],
  run: (action: Action) => Result,
): readonly Result[] {
  const results: Result[] = [];
  const reasons: CancellationReason[] = [];
  let failed = false;
  for (const action of actions) {
    const result = call.tx.draft.attempt(() => run(action));
    if (result instanceof AwsError) {
      failed = true;
      reasons.push(reasonOf(result));
    } else {
      results.push(result);
      reasons.push(none);
    }
  }
  if (failed) throw cancelled(reasons);
  return results;
}

/** Checks actions in order; the first that is invalid cancels the transaction, and the others count as not reached. */
export function untilInvalid<Action>(actions: readonly Action[], check: (action: Action) => void): void {
  for (const [at, action] of actions.entries()) {
    try {
      check(action);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      throw cancelled(actions.map((_, each) => (each === at ? reasonOf(error) : none)));
    }
  }
}

function cancelled(reasons: CancellationReason[]): AwsError {
  const codes = reasons.map(({ Code }) => Code).join(", ");
  return new AwsError(
    "TransactionCanceledException",
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    { members: { CancellationReasons: reasons } },
  );
}

/** Units by table, doubled as transactions cost. */
export class TransactionUnits {
  readonly #tables = new Map<string, { readonly table: TableRow; readonly units: Units }>();

  of(table: TableRow): Units {
    let entry = this.#tables.get(table.arn);
    if (entry === undefined) this.#tables.set(table.arn, (entry = { table, units: new Map() }));
    return entry.units;
  }

  consumed(mode: string | undefined, kind: "Read" | "Write"): ConsumedCapacity[] | undefined {
    if (mode !== "TOTAL" && mode !== "INDEXES") return undefined;
    return [...this.#tables.values()].map(({ table, units }) => {
      const doubled = new Map([...units].map(([name, amount]) => [name, amount * 2]));
      return consumedCapacity(table, doubled, mode, kind) ?? {};
    });
  }
}
