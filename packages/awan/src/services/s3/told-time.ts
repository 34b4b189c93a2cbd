/** Times as S3 tells them: whole seconds, written with milliseconds in XML (`2026-01-01T00:00:00.000Z`). */
export function toldTime(timeMs: number): Date {
  return Object.assign(new Date(Math.floor(timeMs / 1000) * 1000), { keepsMilliseconds: true });
}
