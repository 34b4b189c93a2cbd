/** Drift: how what exists differs from what its template said, property by property. */
import { AwsError } from "../../kernel/errors.ts";
import type { Call } from "../../host/call.ts";
import type { EffectContext } from "../../host/service.ts";
import { type DriftRow, drifts, type PropertyDifference, type ResourceRow, resources } from "../keys.ts";
import { type Dict, isDict, scalarText } from "../template/value.ts";
import { readers } from "./readers.ts";

export interface DetectRequest {
  readonly stackId: string;
  /** None means all. */
  readonly logicalIds: readonly string[];
}

/** Checks the resources and keeps what was found; answers their logical ids. */
export async function detectDrift(
  { shell, scope }: EffectContext,
  request: DetectRequest,
): Promise<string[]> {
  const run = { name: "cloudformation.drift", ...scope };
  const rows = await shell.run(run, (call) =>
    [...resources.scan(call.tx, [request.stackId])]
      .map(({ value }) => value)
      .filter(
        ({ logicalId, type, physicalId }) =>
          physicalId !== "" &&
          readers[type] !== undefined &&
          (request.logicalIds.length === 0 || request.logicalIds.includes(logicalId)),
      ),
  );
  await Promise.all(
    [...new Set(rows.map(({ type }) => readers[type]?.service ?? ""))].map((name) => shell.load(name)),
  );
  await shell.run(run, (call) => {
    for (const row of rows) drifts.set(call.tx, [request.stackId, row.logicalId], check(call, row));
  });
  return rows.map(({ logicalId }) => logicalId);
}

function check(call: Call, row: ResourceRow): DriftRow {
  const common = { type: row.type, physicalId: row.physicalId, checkedAtMs: call.nowMs };
  const actual = call.tx.draft.attempt(() =>
    (readers[row.type] as (typeof readers)[string]).read(call, row.physicalId),
  );
  if (actual instanceof AwsError) {
    if (!/NotFound|NoSuch|NonExistent|DoesNotExist/.test(actual.code)) throw actual;
    return { ...common, status: "DELETED", expected: row.properties, actual: {}, differences: [] };
  }
  // What the template says nothing about is the service's to choose.
  const names = Object.keys(row.properties).filter((name) => name in actual);
  const only = (from: Dict): Dict => Object.fromEntries(names.map((name) => [name, from[name]]));
  const expected = only(row.properties);
  const differences = [...differencesBetween(expected, only(actual), "")];
  const status = differences.length === 0 ? "IN_SYNC" : "MODIFIED";
  return { ...common, status, expected, actual: only(actual), differences };
}

function* differencesBetween(
  expected: unknown,
  actual: unknown,
  path: string,
): Generator<PropertyDifference, void> {
  if (isContainer(expected) && isContainer(actual)) {
    const [before, after] = [expected as Dict, actual as Dict];
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      yield* differencesBetween(before[key], after[key], `${path}/${key}`);
    }
    return;
  }
  const [was, is] = [textOf(expected), textOf(actual)];
  if (was === is) return;
  const type = expected === undefined ? "ADD" : actual === undefined ? "REMOVE" : "NOT_EQUAL";
  yield { path, expected: was, actual: is, type };
}

const isContainer = (value: unknown): boolean => isDict(value) || Array.isArray(value);

const textOf = (value: unknown): string =>
  value === undefined || value === null ? "null" : (scalarText(value) ?? JSON.stringify(value));
