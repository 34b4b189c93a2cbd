/**
 * A copy-on-write editor of one item. Lists keep their indices until `finish`: removed elements leave a gap, and what
 * was set past the end is appended, in the order of the indices.
 */
import { validationError } from "./errors.ts";
import type { Path } from "./placeholders.ts";
import type { AttributeValue, Item } from "./value.ts";

interface EditedMap {
  readonly kind: "map";
  readonly entries: Map<string, AttributeValue | Edited>;
}

interface EditedList {
  readonly kind: "list";
  readonly elements: Map<number, AttributeValue | Edited>;
}

type Edited = EditedMap | EditedList;

/** The place a path names, in a container that exists. */
interface Place {
  get(): AttributeValue | undefined;
  set(value: AttributeValue): void;
  remove(): void;
}

const invalidPath = (): Error =>
  validationError("The document path provided in the update expression is invalid for update");

const isEdited = (value: AttributeValue | Edited): value is Edited => "kind" in value;

export class Document {
  readonly #root: EditedMap;

  constructor(item: Item) {
    this.#root = editMap(item);
  }

  set(path: Path, value: AttributeValue): void {
    this.parentOf(path).set(value);
  }

  remove(path: Path): void {
    this.parentOf(path).remove();
  }

  /** Throws when what the path leads through is not there. */
  parentOf(path: Path): Place {
    let container: Edited = this.#root;
    for (const part of path.slice(0, -1)) container = open(container, part);
    const last = path.at(-1) as string | number;
    if (container.kind === "map") {
      if (typeof last === "number") throw invalidPath();
      return placeIn(container.entries, last);
    }
    if (typeof last === "string") throw invalidPath();
    return placeIn(container.elements, last);
  }

  finish(): Item {
    return closeMap(this.#root);
  }
}

function placeIn<Key>(entries: Map<Key, AttributeValue | Edited>, key: Key): Place {
  return {
    get: () => {
      const value = entries.get(key);
      return value === undefined || !isEdited(value) ? value : close(value);
    },
    set: (value) => void entries.set(key, value),
    remove: () => void entries.delete(key),
  };
}

/** Makes the container at `part` editable, and its parent remember that. */
function open(container: Edited, part: string | number): Edited {
  const entries = (container.kind === "map" ? container.entries : container.elements) as Map<
    string | number,
    AttributeValue | Edited
  >;
  if ((container.kind === "map") !== (typeof part === "string")) throw invalidPath();
  const value = entries.get(part);
  if (value === undefined) throw invalidPath();
  if (isEdited(value)) return value;
  const edited =
    value.M !== undefined ? editMap(value.M) : value.L !== undefined ? editList(value.L) : undefined;
  if (edited === undefined) throw invalidPath();
  entries.set(part, edited);
  return edited;
}

const editMap = (map: Item): EditedMap => ({ kind: "map", entries: new Map(Object.entries(map)) });

const editList = (list: readonly AttributeValue[]): EditedList => ({
  kind: "list",
  elements: new Map(list.entries()),
});

const close = (value: AttributeValue | Edited): AttributeValue => {
  if (!isEdited(value)) return value;
  return value.kind === "map" ? { M: closeMap(value) } : { L: closeList(value) };
};

function closeMap({ entries }: EditedMap): Item {
  const map: Record<string, AttributeValue> = {};
  for (const [name, value] of entries) map[name] = close(value);
  return map;
}

function closeList({ elements }: EditedList): readonly AttributeValue[] {
  return [...elements].toSorted(([a], [b]) => a - b).map(([, value]) => close(value));
}
