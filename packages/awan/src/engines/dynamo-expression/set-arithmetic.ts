/** Union and difference of two sets of one type; the order of members is kept. */
import { type AttributeValue, memberText } from "./value.ts";

export function addMembers(set: AttributeValue, more: AttributeValue): AttributeValue {
  if (set.SS !== undefined) return { SS: union(set.SS, more.SS ?? [], text) };
  if (set.NS !== undefined) return { NS: union(set.NS, more.NS ?? [], text) };
  return { BS: union(set.BS ?? [], more.BS ?? [], bytesText) };
}

/** Undefined when no member is left. */
export function removeMembers(set: AttributeValue, gone: AttributeValue): AttributeValue | undefined {
  if (set.SS !== undefined) {
    const SS = difference(set.SS, gone.SS ?? [], text);
    return SS.length === 0 ? undefined : { SS };
  }
  if (set.NS !== undefined) {
    const NS = difference(set.NS, gone.NS ?? [], text);
    return NS.length === 0 ? undefined : { NS };
  }
  const BS = difference(set.BS ?? [], gone.BS ?? [], bytesText);
  return BS.length === 0 ? undefined : { BS };
}

const text = (member: string): string => member;
const bytesText = (B: Uint8Array): string => memberText({ B });

function union<Member>(
  a: readonly Member[],
  b: readonly Member[],
  key: (member: Member) => string,
): readonly Member[] {
  const present = new Set(a.map(key));
  return [...a, ...b.filter((member) => !present.has(key(member)))];
}

function difference<Member>(
  a: readonly Member[],
  b: readonly Member[],
  key: (member: Member) => string,
): readonly Member[] {
  const gone = new Set(b.map(key));
  return a.filter((member) => !gone.has(key(member)));
}
