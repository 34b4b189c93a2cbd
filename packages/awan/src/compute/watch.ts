/** What bounds one event from outside: the function's timeout, and its memory, read off the process on Linux. */
import { readFileSync } from "node:fs";
import type { Clock } from "../kernel/clock.ts";

export type Breach = "timeout" | "memory";

/** Short events end before the first look at their memory. */
const memoryCheckMs = 100;
const pageBytes = 4096;

export interface Watched {
  readonly clock: Clock;
  readonly processId: number | undefined;
  readonly timeoutMs: number;
  readonly memoryBytesMax: number;
}

const nothing = (): void => {};

/** Calls `breached` at most once; the returned function ends the watch. */
export function watch(watched: Watched, breached: (breach: Breach) => void): () => void {
  const { clock, processId, timeoutMs, memoryBytesMax } = watched;
  const startedMs = clock.nowMs();
  let cancelMemory = nothing;
  const stop = (): void => {
    cancelTimeout();
    cancelMemory();
  };
  const cancelTimeout = clock.at(startedMs + timeoutMs, () => {
    stop();
    breached("timeout");
  });
  const look = (): void => {
    const bytes = ownBytes(processId);
    if (bytes === undefined) return;
    if (bytes > memoryBytesMax) {
      stop();
      breached("memory");
      return;
    }
    cancelMemory = clock.at(clock.nowMs() + memoryCheckMs, look);
  };
  cancelMemory = clock.at(startedMs + memoryCheckMs, look);
  return stop;
}

/**
 * Memory of a process's own, without the pages of its program that all instances share; undefined where the system does
 * not tell.
 */
function ownBytes(processId: number | undefined): number | undefined {
  if (processId === undefined) return undefined;
  try {
    const [, resident, shared] = readFileSync(`/proc/${processId}/statm`, "latin1").split(" ");
    return (Number(resident) - Number(shared)) * pageBytes;
  } catch {
    return undefined;
  }
}

/** All memory of a process that is in RAM, as REPORT lines tell it; 0 where the system does not tell. */
export function residentBytes(processId: number | undefined): number {
  if (processId === undefined) return 0;
  try {
    return Number(readFileSync(`/proc/${processId}/statm`, "latin1").split(" ")[1]) * pageBytes;
  } catch {
    return 0;
  }
}
