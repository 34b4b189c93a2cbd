/** Positions in a stream or group as 56 digits, the form of AWS's event ids and tokens: the time, then the sequence. */
export interface Position {
  readonly timestampMs: number;
  readonly sequence: number;
}

export const formatPosition = ({ timestampMs, sequence }: Position): string =>
  `${String(timestampMs).padStart(15, "0")}${String(sequence).padStart(41, "0")}`;

export function parsePosition(text: string): Position | undefined {
  if (!/^\d{56}$/.test(text)) return undefined;
  return { timestampMs: Number(text.slice(0, 15)), sequence: Number(text.slice(15)) };
}
