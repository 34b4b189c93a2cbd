/**
 * Processes kept ahead of need, shared by every platform of this process: tests start a hundred platforms and want one
 * spare. A spare knows nothing until it is taken, so it may become any function of its interpreter.
 */
import { tmpdir } from "node:os";
import { encodeFrame, toInstance } from "./frames.ts";
import { nodeProcess, type PipeProcess, pythonProcess } from "./pipe-instance.ts";

const sparesWanted = 1;

/** `node`, or the path of a Python interpreter. */
export type Interpreter = string;

const spares = new Map<Interpreter, PipeProcess[]>();

const start = (interpreter: Interpreter): PipeProcess =>
  interpreter === "node" ? nodeProcess(tmpdir()) : pythonProcess(tmpdir(), interpreter);

/** A started process, spare or new. */
export function takeProcess(interpreter: Interpreter): PipeProcess {
  const kept = spares.get(interpreter) ?? [];
  for (let spare = kept.pop(); spare !== undefined; spare = kept.pop()) {
    if (spare.child.exited === undefined) return spare;
  }
  return start(interpreter);
}

/** Fills up the spares. Called when an instance has finished its init phase: not while it needs the processor. */
export function refillSpares(interpreter: Interpreter): void {
  let kept = spares.get(interpreter);
  if (kept === undefined) spares.set(interpreter, (kept = []));
  const list = kept;
  while (list.length < sparesWanted) {
    const spare = start(interpreter);
    if (interpreter === "node") spare.pipe.write(encodeFrame(toInstance.rehearse));
    list.push(spare);
    spare.child.whenGone(() => {
      const at = list.indexOf(spare);
      if (at !== -1) list.splice(at, 1);
    });
  }
}
