/** Where each shard of a mapped stream stands. */
import type { Call } from "../../../host/call.ts";

export function clearStreamState(_call: Call, _uuid: string): void {}
