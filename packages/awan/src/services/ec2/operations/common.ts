/** Create, Describe and Delete of every kind, made from the table of kinds. */
import type { Call } from "../../../host/call.ts";
import type { Operation } from "../../../host/service.ts";
import { create, describe, remove, told } from "../entity.ts";
import { missingParameter } from "../errors.ts";
import type { Body } from "../keys.ts";
import { type Kind, kinds } from "../kinds.ts";
import { ensureDefaults } from "../network.ts";

const operationsOf = (kind: Kind): Readonly<Record<string, Operation>> => ({
  [kind.create]: (call: Call, input: Body) => {
    ensureDefaults(call);
    const entity = create(call, kind, input);
    return kind.one === null ? told(entity) : { [kind.one]: told(entity) };
  },
  [kind.describe]: (call: Call, input: Body) => {
    ensureDefaults(call);
    return describe(call, kind, input);
  },
  [kind.delete]: (call: Call, input: Body) => {
    const id = input[kind.idMember];
    if (typeof id !== "string") throw missingParameter(kind.idMember);
    remove(call, kind, id);
    return { [kind.idMember]: id };
  },
});

/** What is not common is put over these by `index.ts`. */
export const commonOperations: Readonly<Record<string, Operation>> = Object.assign(
  {},
  ...kinds.map(operationsOf),
);
