/** Where each shard of a mapped stream stands. */
import type { Call } from "../../../host/call.ts";
import { lanes, type MappingRow, shards } from "../keys.ts";
import { sourceOf } from "./stream-source.ts";

export function clearStreamState(call: Call, uuid: string): void {
  for (const { key } of shards.scan(call.tx, [uuid])) shards.delete(call.tx, key);
  for (const { key } of lanes.scan(call.tx, [uuid])) lanes.delete(call.tx, key);
}

/** Fixes the position of every shard there is; shards that come later are read from their beginning. */
export function startAtPosition(call: Call, uuid: string, row: MappingRow): void {
  const { stream, sourceArn } = row;
  if (stream === null) return;
  const source = sourceOf(row.kind);
  for (const { shardId, ended } of source.shards(call, sourceArn)) {
    if (stream.StartingPosition === "TRIM_HORIZON") {
      shards.set(call.tx, [uuid, shardId], { after: null, ended: false });
    } else if (stream.StartingPosition === "LATEST") {
      const after = source.latest(call, sourceArn, shardId);
      shards.set(call.tx, [uuid, shardId], { after: after ?? null, ended });
    } else {
      const after = source.before(call, sourceArn, shardId, stream.startingAtMs ?? call.nowMs);
      shards.set(call.tx, [uuid, shardId], { after: after ?? null, ended: false });
    }
  }
}
