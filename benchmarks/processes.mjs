/** What benchmarks need to know of processes: their CPU, their memory, a port for them. Read off /proc: Linux only. */
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";

const ticksPerSecond = 100;

/** The process and all that descend from it. */
export function familyOf(pid) {
  const parents = new Map();
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const fields = readFileSync(`/proc/${entry}/stat`, "utf8").split(") ").at(-1).split(" ");
      parents.set(Number(entry), Number(fields[1]));
    } catch {
      // It ended meanwhile.
    }
  }
  const family = [];
  for (const each of parents.keys()) {
    let at = each;
    while (at !== undefined && at !== pid && at > 1) at = parents.get(at);
    if (at === pid) family.push(each);
  }
  return family;
}

/** CPU seconds of a process and all that descend from it. */
export function cpuSeconds(pid) {
  let ticks = 0;
  for (const each of familyOf(pid)) {
    try {
      const fields = readFileSync(`/proc/${each}/stat`, "utf8").split(") ").at(-1).split(" ");
      // With what children that have ended had used.
      ticks += fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    } catch {
      // It ended meanwhile.
    }
  }
  return ticks / ticksPerSecond;
}

/** Megabytes that are a process's own: what ending it would give back. */
export function privateMb(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
    const kilobytes = [...text.matchAll(/^Private_(?:Clean|Dirty):\s+(\d+)/gm)];
    return kilobytes.reduce((sum, [, each]) => sum + Number(each), 0) / 1024;
  } catch {
    return 0;
  }
}

export async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");
  return port;
}

/** The value below which `share` of the values lie. */
export function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}
