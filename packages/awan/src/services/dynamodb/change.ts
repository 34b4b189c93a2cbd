/** One item's change: what `write.ts` applies, and streams and destinations tell of. */
import type { Item } from "../../engines/dynamo-expression/value.ts";
import type { ItemRow } from "./item-row.ts";
import type { TableRow } from "./schema.ts";

export interface UserIdentity {
  readonly PrincipalId: string;
  readonly Type: string;
}

export interface Change {
  readonly table: TableRow;
  readonly before: ItemRow | undefined;
  /** Undefined deletes. */
  readonly after: Item | undefined;
  /** Who did it, when it was not a request. */
  readonly userIdentity?: UserIdentity;
  /** Set when another region's replica sent it: it is not sent on. */
  readonly replicated?: boolean;
}
