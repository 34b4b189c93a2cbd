/**
 * Sequence numbers as AWS makes them: 56 decimal digits that spell, in hexadecimal, a version, when the shard was made,
 * a count, when the record came, and the shard. Older versions are recognised, because what refuses them tells them apart.
 */
export interface Sequence {
  readonly shard: number;
  readonly createdSeconds: number;
  /** Position in the shard: 0 is its beginning, records follow. */
  readonly count: number;
  readonly seconds: number;
  /** Lies after the record of this count and before the next: from where a subscription goes on. */
  readonly isPast?: boolean;
}

/** The count of the number that ends a shard. */
const countMax = 0x7fff_ffff_ffff_ffffn;
const secondsMax = 16_025_175_000;
const currentVersion = 2;

/** Where the parts are, in bits from the right: version (twice), shard, time, mark, count, shard's last digit, creation. */
const shardAt = 4n;
const secondsAt = 36n;
const markAt = 72n;
const countAt = 80n;
const digitAt = 144n;
const createdAt = 148n;
const versionAt = 184n;

/** The parts all numbers of a shard share. */
const frames = new Map<number, bigint>();
const framesMax = 10_000;

function frameOf(shard: number, createdSeconds: number): bigint {
  const key = createdSeconds * 65_536 + shard;
  let frame = shard < 65_536 ? frames.get(key) : undefined;
  if (frame === undefined) {
    const version = BigInt(currentVersion);
    const digit = BigInt(shard & 15) << digitAt;
    frame =
      (version << versionAt) |
      (BigInt(createdSeconds) << createdAt) |
      digit |
      (BigInt(shard) << shardAt) |
      version;
    if (frames.size >= framesMax) frames.clear();
    if (shard < 65_536) frames.set(key, frame);
  }
  return frame;
}

export const formatSequence = ({ count, ...rest }: Sequence): string => spell(rest, BigInt(count));

/** The EndingSequenceNumber of a shard: after all its records. */
export const endingSequence = (shard: Omit<Sequence, "count">): string => spell(shard, countMax);

function spell({ shard, createdSeconds, seconds, isPast }: Omit<Sequence, "count">, count: bigint): string {
  const mark = isPast === true ? 1n << markAt : 0n;
  const number = frameOf(shard, createdSeconds) | (count << countAt) | mark | (BigInt(seconds) << secondsAt);
  return number.toString();
}

export interface ParsedSequence extends Sequence {
  readonly isCurrent: boolean;
}

/** Undefined for what no shard could have given out. */
export function parseSequence(text: string): ParsedSequence | undefined {
  let value = BigInt(text);
  if (value < 1n << 124n) value += 1n << 124n;
  if (value < 1n << 129n) return parseFirst(value);
  if (value <= 1n << 185n || value >= (1n << 185n) + (1n << 184n)) return undefined;
  const digits = value.toString(16);
  const version = Number.parseInt(digits.slice(-1), 16);
  const createdSeconds = Number.parseInt(digits.slice(1, 10), 16);
  const shardDigits = digits.slice(38, 46);
  const shard = Number.parseInt(shardDigits, 16);
  if (version === 1) {
    const seconds = Number.parseInt(digits.slice(13, 22), 16);
    return { shard, createdSeconds, count: 0, seconds, isCurrent: false };
  }
  const count = BigInt(`0x${digits.slice(11, 27)}`);
  if (version !== currentVersion || count > countMax || createdSeconds >= secondsMax) return undefined;
  return {
    shard: shardDigits.charCodeAt(0) > 0x37 ? -shard : shard,
    createdSeconds,
    count: Number(count),
    seconds: Number.parseInt(digits.slice(29, 38), 16),
    isPast: digits.slice(27, 29) !== "00",
    isCurrent: true,
  };
}

function parseFirst(value: bigint): ParsedSequence | undefined {
  const digits = value.toString(16);
  const createdSeconds = Number.parseInt(digits.slice(1, 10), 16);
  if (createdSeconds >= secondsMax) return undefined;
  const shard = Number.parseInt(digits.slice(28, 32), 16);
  return { shard, createdSeconds, count: 0, seconds: createdSeconds, isCurrent: false };
}
