/**
 * A node of the ordered map, and the search in one. It knows how many characters all its keys begin with, and keeps the
 * six that follow as one number per key, side by side: a search compares those, and looks at the keys themselves, which
 * lie scattered in memory, only where they agree.
 */

/** A leaf's slots are values, one per key; a branch's are nodes, one more than its keys, which part them. */
export class Node {
  /** The map that may change this node in place. */
  owner: object;
  readonly isLeaf: boolean;
  /** How many characters all keys begin with. */
  shared: number;
  readonly keys: string[];
  /** The characters after those, as one number: see `digestOf`. */
  readonly digests: number[];
  readonly slots: unknown[];

  // eslint-disable-next-line max-params -- one hidden class, made on a hot path
  constructor(
    owner: object,
    isLeaf: boolean,
    shared: number,
    keys: string[],
    digests: number[],
    slots: unknown[],
  ) {
    this.owner = owner;
    this.isLeaf = isLeaf;
    this.shared = shared;
    this.keys = keys;
    this.digests = digests;
    this.slots = slots;
  }
}

const digestLength = 6;

/** The first six characters after `from`; what lies beyond a byte (only bounds do) counts as more than any. */
function digestOf(key: string, from: number): number {
  let digest = 0;
  for (let at = from; at < from + digestLength; at += 1) {
    const code = at < key.length ? key.charCodeAt(at) : 0;
    if (code > 255) return (digest + 1) * 256 ** (from + digestLength - at) - halfOff;
    digest = digest * 256 + code;
  }
  // A fraction, so that V8 keeps the array as doubles from its first element on.
  return digest + halfOff;
}
const halfOff = 0.5;

function commonLength(a: string, b: string, max: number): number {
  const length = Math.min(a.length, b.length, max);
  let at = 0;
  while (at < length && a.charCodeAt(at) === b.charCodeAt(at)) at += 1;
  return at;
}

/** The value of a leaf's key. The keys' beginning is not compared: only the same key is found. */
export function valueIn(leaf: Node, key: string): unknown {
  const { keys, digests, shared } = leaf;
  const { length } = keys;
  const digest = digestOf(key, shared);
  const low = lowerBound(digests, digest, 0, length);
  if (low === length || digests[low] !== digest) return undefined;
  if (keys[low] === key) return leaf.slots[low];
  if (low + 1 === length || digests[low + 1] !== digest) return undefined;
  const at = search(leaf, key);
  return at < 0 ? undefined : leaf.slots[at];
}

/** Where the key is, or the complement (`~`) of where it would be. */
export function search(node: Node, key: string): number {
  const { keys, digests, shared } = node;
  const { length } = keys;
  if (length === 0) return ~0;
  const first = keys[0] as string;
  const common = commonLength(key, first, shared);
  if (common < shared) return key < first ? ~0 : ~length;
  const digest = digestOf(key, shared);
  const low = lowerBound(digests, digest, 0, length);
  if (low === length || digests[low] !== digest) return ~low;
  const high =
    low + 1 < length && digests[low + 1] === digest ? upperBound(digests, digest, low, length) : low + 1;
  return searchAlike(keys, key, low, high);
}

/** Among keys whose digests agree. Bounds of ranges mostly lie before or behind all of them: that is looked at first. */
function searchAlike(keys: readonly string[], key: string, from: number, to: number): number {
  const first = keys[from] as string;
  if (first >= key) return first === key ? from : ~from;
  if ((keys[to - 1] as string) < key) return ~to;
  let low = from + 1;
  let high = to - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] as string) < key) low = middle + 1;
    else high = middle;
  }
  return keys[low] === key ? low : ~low;
}

/** The child whose range holds the key. */
export function childAt(node: Node, key: string): number {
  const at = search(node, key);
  return at < 0 ? ~at : at + 1;
}

/** The first element that is not less. */
function lowerBound(digests: readonly number[], digest: number, from: number, to: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((digests[middle] as number) < digest) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The first element that is greater. */
function upperBound(digests: readonly number[], digest: number, from: number, to: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((digests[middle] as number) <= digest) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function firstKey(node: Node): string {
  let at = node;
  while (!at.isLeaf) at = at.slots[0] as Node;
  return at.keys[0] as string;
}

export function digestAll(node: Node): void {
  const { keys, digests } = node;
  const first = keys[0];
  digests.length = 0;
  if (first === undefined) return;
  // The keys are in order: what the first and the last share, all share.
  node.shared = commonLength(first, keys.at(-1) as string, first.length);
  for (const key of keys) digests.push(digestOf(key, node.shared));
}

export function insertKey(node: Node, at: number, key: string): void {
  const { keys, digests } = node;
  insertAt(keys, at, key);
  const other = keys[at === 0 ? 1 : 0];
  const shared = other === undefined ? key.length : commonLength(key, other, node.shared);
  if (other === undefined || shared < node.shared) digestAll(node);
  else insertAt(digests, at, digestOf(key, shared));
}

export function removeKey(node: Node, at: number): void {
  removeAt(node.keys, at);
  removeAt(node.digests, at);
}

/** As `splice`, without making arrays. */
export function insertAt<Element>(list: Element[], at: number, element: Element): void {
  list.push(element);
  for (let i = list.length - 1; i > at; i -= 1) list[i] = list[i - 1] as Element;
  list[at] = element;
}

export function removeAt(list: unknown[], at: number): void {
  for (let i = at + 1; i < list.length; i += 1) list[i - 1] = list[i];
  list.pop();
}

/** Where the first key lies that is not less. */
export function placeOf(leaf: Node, key: string): number {
  const at = search(leaf, key);
  return at < 0 ? ~at : at;
}
