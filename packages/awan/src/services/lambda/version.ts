/** Publishing: `$LATEST` frozen under the next number, unless nothing changed since the last one. */
import type { Call } from "../../host/call.ts";
import { Defect } from "../../kernel/errors.ts";
import { retainCode } from "./code.ts";
import { functions, latest, type VersionRow, versions } from "./keys.ts";

export interface Published {
  readonly number: number;
  readonly row: VersionRow;
  /** False when the last version already was this. */
  readonly isNew: boolean;
}

export function publish(call: Call, name: string, description: string | undefined): Published {
  const current = versions.get(call.tx, [name, latest]);
  const row = functions.get(call.tx, [name]);
  if (current === undefined || row === undefined) throw new Defect(`no rows of function ${name}`);
  const last = versions.get(call.tx, [name, row.versionMax]);
  if (row.versionMax > 0 && last?.executionRevision === current.executionRevision) {
    return { number: row.versionMax, row: last, isNew: false };
  }
  const number = row.versionMax + 1;
  const frozen: VersionRow = {
    ...current,
    settings: { ...current.settings, ...(description === undefined ? {} : { Description: description }) },
    revisionId: call.random.uuid(),
  };
  versions.set(call.tx, [name, number], frozen);
  retainCode(call, frozen.code);
  versions.set(call.tx, [name, latest], { ...current, revisionId: call.random.uuid() });
  functions.set(call.tx, [name], { ...row, versionMax: number });
  return { number, row: frozen, isNew: true };
}
