/**
 * Processes kept ahead of need, shared by every platform of this process: tests start a hundred platforms and want one
 * spare. A spare knows nothing until it is taken, so it may become any function.
 */
import { tmpdir } from "node:os";
import { NodeProcess } from "./node-instance.ts";

const sparesWanted = 1;
const spares: NodeProcess[] = [];

/** A started process, spare or new. */
export function takeNodeProcess(): NodeProcess {
  for (let spare = spares.pop(); spare !== undefined; spare = spares.pop()) {
    if (spare.child.exited === undefined) return spare;
  }
  return new NodeProcess({ cwd: tmpdir() });
}

/** Fills up the spares. Called when an instance has finished its init phase: not while it needs the processor. */
export function refillSpares(): void {
  while (spares.length < sparesWanted) {
    const spare = new NodeProcess({ cwd: tmpdir() });
    spares.push(spare);
    spare.child.whenGone(() => {
      const at = spares.indexOf(spare);
      if (at !== -1) spares.splice(at, 1);
    });
  }
}
