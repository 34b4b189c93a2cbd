/**
 * An ordered map from packed keys to values that is copied in O(1): a B+tree whose nodes are shared until one side
 * changes them. What makes it quick on millions of rows is how a node is searched: see `ordered-map-node.ts`.
 */
import type { Range } from "./engine.ts";
import {
  childAt,
  digestAll,
  firstKey,
  insertAt,
  insertKey,
  Node,
  placeOf,
  removeAt,
  removeKey,
  search,
  valueIn,
} from "./ordered-map-node.ts";

export interface OrderedMapOptions {
  /** Slots of a node at most. */
  readonly capacity?: number;
}

export class OrderedMap<Value> {
  readonly #capacity: number;
  #owner: object = {};
  #root: Node;
  #size = 0;

  constructor({ capacity = 64 }: OrderedMapOptions = {}) {
    this.#capacity = capacity;
    this.#root = new Node(this.#owner, true, 0, [], [], []);
  }

  get size(): number {
    return this.#size;
  }

  get(key: string): Value | undefined {
    let node = this.#root;
    while (!node.isLeaf) node = node.slots[childAt(node, key)] as Node;
    return valueIn(node, key) as Value | undefined;
  }

  set(key: string, value: Value): void {
    const root = this.#own(this.#root);
    this.#root = root;
    const right = this.#insert(root, key, value);
    if (right === undefined) return;
    this.#root = new Node(this.#owner, false, 0, [], [], [root]);
    this.#addChild(this.#root, 0, right);
  }

  delete(key: string): void {
    if (this.get(key) === undefined) return;
    this.#root = this.#own(this.#root);
    this.#remove(this.#root, key);
    while (!this.#root.isLeaf && this.#root.slots.length === 1) this.#root = this.#root.slots[0] as Node;
    this.#size -= 1;
  }

  /** A copy that shares every node neither side changes. */
  clone(): OrderedMap<Value> {
    const copy = new OrderedMap<Value>({ capacity: this.#capacity });
    copy.#root = this.#root;
    copy.#size = this.#size;
    this.#owner = {};
    return copy;
  }

  /** Rows of the range in key order, or backwards. The map may not be changed while the result is walked. */
  rows(range: Range, reverse = false): IterableIterator<readonly [key: string, value: Value]> {
    return new Walk<Value>(this.#root, range, reverse);
  }

  /** The last row before `key`. */
  before(key: string): readonly [key: string, value: Value] | undefined {
    return this.rows({ from: "", to: key }, true).next().value;
  }

  /** The row of `key`, or the last one before it. */
  atOrBefore(key: string): readonly [key: string, value: Value] | undefined {
    const value = this.get(key);
    return value === undefined ? this.before(key) : [key, value];
  }

  #own(node: Node): Node {
    if (node.owner === this.#owner) return node;
    const { isLeaf, shared, keys, digests, slots } = node;
    return new Node(this.#owner, isLeaf, shared, keys.slice(), digests.slice(), slots.slice());
  }

  #ownChild(parent: Node, at: number): Node {
    const child = this.#own(parent.slots[at] as Node);
    parent.slots[at] = child;
    return child;
  }

  /** Returns the right half when the node had to be split. */
  #insert(node: Node, key: string, value: Value): Node | undefined {
    if (!node.isLeaf) {
      const at = childAt(node, key);
      const right = this.#insert(this.#ownChild(node, at), key, value);
      return right === undefined ? undefined : this.#addChild(node, at, right);
    }
    const at = search(node, key);
    if (at >= 0) {
      node.slots[at] = value;
      return undefined;
    }
    this.#size += 1;
    insertKey(node, ~at, key);
    insertAt(node.slots, ~at, value);
    return node.slots.length > this.#capacity ? this.#split(node, ~at) : undefined;
  }

  /** Puts a new child behind the one at `at`. */
  #addChild(node: Node, at: number, right: Node): Node | undefined {
    insertKey(node, at, firstKey(right));
    insertAt(node.slots, at + 1, right);
    return node.slots.length > this.#capacity ? this.#split(node, at) : undefined;
  }

  /** Rows that come in order fill their leaves: whoever was added at the end starts the new node alone. */
  #split(node: Node, added: number): Node {
    const { length } = node.slots;
    if (node.isLeaf) {
      const from = added === length - 1 ? added : length >>> 1;
      const keys = node.keys.splice(from);
      return this.#splitOff(node, keys, node.slots.splice(from));
    }
    const from = added === length - 2 ? length - 2 : length >>> 1;
    const keys = node.keys.splice(from);
    node.keys.length = from - 1;
    return this.#splitOff(node, keys, node.slots.splice(from));
  }

  #splitOff(node: Node, keys: string[], slots: unknown[]): Node {
    const right = new Node(this.#owner, node.isLeaf, 0, keys, [], slots);
    digestAll(node);
    digestAll(right);
    return right;
  }

  #remove(node: Node, key: string): void {
    if (node.isLeaf) {
      const at = search(node, key);
      removeKey(node, at);
      removeAt(node.slots, at);
      return;
    }
    const at = childAt(node, key);
    const child = this.#ownChild(node, at);
    this.#remove(child, key);
    if (child.slots.length === 0) {
      if (node.keys.length > 0) removeKey(node, Math.max(at - 1, 0));
      removeAt(node.slots, at);
    } else if (child.slots.length < this.#capacity >>> 2) {
      this.#merge(node, at);
    }
  }

  /** Joins the child at `at` with a neighbour it fits with. */
  #merge(parent: Node, at: number): void {
    const room = this.#capacity - (this.#capacity >>> 2);
    for (const left of [at, at - 1]) {
      const a = parent.slots[left] as Node | undefined;
      const b = parent.slots[left + 1] as Node | undefined;
      if (a === undefined || b === undefined || a.slots.length + b.slots.length > room) continue;
      const joined = this.#ownChild(parent, left);
      if (!joined.isLeaf) joined.keys.push(parent.keys[left] as string);
      joined.keys.push(...b.keys);
      joined.slots.push(...b.slots);
      digestAll(joined);
      removeKey(parent, left);
      removeAt(parent.slots, left + 1);
      return;
    }
  }
}

/** The way from the root to a row, and on from there. A leaf is asked for its bounds once, not at every row. */
class Walk<Value> implements IterableIterator<readonly [string, Value], undefined> {
  readonly #range: Range;
  readonly #reverse: boolean;
  readonly #path: Node[] = [];
  readonly #places: number[] = [];
  #leaf: Node;
  /** The next row of the leaf, and where in it the walk ends. */
  #at = 0;
  #end = 0;
  #isLast = false;

  constructor(root: Node, range: Range, reverse: boolean) {
    this.#range = range;
    this.#reverse = reverse;
    let node = root;
    // Backwards the walk begins before `to`: in the leaf of the greatest key that is less.
    while (!node.isLeaf) {
      let place = childAt(node, reverse ? range.to : range.from);
      if (reverse && place > 0 && node.keys[place - 1] === range.to) place -= 1;
      this.#path.push(node);
      this.#places.push(place);
      node = node.slots[place] as Node;
    }
    this.#leaf = node;
    const begin = placeOf(node, reverse ? range.to : range.from);
    this.#at = reverse ? begin - 1 : begin;
    this.#bound();
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<readonly [string, Value], undefined> {
    while (this.#reverse ? this.#at < this.#end : this.#at >= this.#end) {
      if (this.#isLast || !this.#step()) return { done: true, value: undefined };
    }
    const at = this.#at;
    this.#at += this.#reverse ? -1 : 1;
    return { done: false, value: [this.#leaf.keys[at] as string, this.#leaf.slots[at] as Value] };
  }

  /** To the neighbouring leaf. */
  #step(): boolean {
    const by = this.#reverse ? -1 : 1;
    let depth = this.#path.length - 1;
    while (depth >= 0) {
      const place = (this.#places[depth] as number) + by;
      if (place >= 0 && place < (this.#path[depth] as Node).slots.length) {
        this.#places[depth] = place;
        break;
      }
      depth -= 1;
    }
    if (depth < 0) return false;
    let node = (this.#path[depth] as Node).slots[this.#places[depth] as number] as Node;
    for (depth += 1; !node.isLeaf; depth += 1) {
      const place = this.#reverse ? node.slots.length - 1 : 0;
      this.#path[depth] = node;
      this.#places[depth] = place;
      node = node.slots[place] as Node;
    }
    this.#leaf = node;
    this.#at = this.#reverse ? node.keys.length - 1 : 0;
    this.#bound();
    return true;
  }

  #bound(): void {
    const { keys } = this.#leaf;
    if (this.#reverse) {
      this.#end = placeOf(this.#leaf, this.#range.from);
      this.#isLast = this.#end > 0;
    } else {
      this.#end = placeOf(this.#leaf, this.#range.to);
      this.#isLast = this.#end < keys.length;
    }
  }
}
