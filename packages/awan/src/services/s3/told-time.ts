/** Times as S3 tells them: whole seconds, written with milliseconds in XML (`2026-01-01T00:00:00.000Z`). */
class ToldTime extends Date {
  readonly keepsMilliseconds = true;
}

export const toldTime = (timeMs: number): Date => new ToldTime(Math.floor(timeMs / 1000) * 1000);
