/** Permissions boundaries: put and deleted the same way on roles and users. */
import type { Call } from "../../../host/call.ts";
import type { Table } from "../../../store/table.ts";
import { globally } from "../entity.ts";
import { findRole, findUser, moveBoundary } from "../identity.ts";
import { roles, users } from "../keys.ts";

interface Owner<Row, Member extends string> {
  readonly kind: "role" | "user";
  readonly table: Table<[name: string], Row>;
  readonly find: (call: Call, name: string) => Row;
  readonly member: Member;
}

function bounding<Row extends { readonly boundaryArn: string | null }, Member extends string>(
  owner: Owner<Row, Member>,
) {
  const { kind, table, find, member } = owner;
  const set = (original: Call, name: string, boundaryArn: string | null): void => {
    const call = globally(original);
    const row = find(call, name);
    moveBoundary(call, { kind, name }, { from: row.boundaryArn, to: boundaryArn });
    table.set(call.tx, [name], { ...row, boundaryArn });
  };
  type Naming = { readonly [Name in Member]: string };
  return {
    put: (call: Call, input: Naming & { readonly PermissionsBoundary: string }): void =>
      set(call, input[member], input.PermissionsBoundary),
    delete: (call: Call, input: Naming): void => set(call, input[member], null),
  };
}

export const roleBoundary = bounding({ kind: "role", table: roles, find: findRole, member: "RoleName" });
export const userBoundary = bounding({ kind: "user", table: users, find: findUser, member: "UserName" });
