/**
 * Blobs that an original and its forks hold together. Each counts for itself who names a blob, so none may delete what
 * another could still name: what is unwanted is only remembered while there are several, and deleted by the last.
 */
import type { Readable } from "node:stream";
import type { Blobs, BlobStore, WrittenBlob } from "./blobs.ts";

export const sharedBlobs = (store: BlobStore): Blobs => new Member({ store, members: new Set() }, true);

interface Family {
  readonly store: BlobStore;
  readonly members: Set<Member>;
}

class Member implements Blobs {
  readonly #family: Family;
  readonly #isFirst: boolean;
  readonly #unwanted = new Set<string>();

  constructor(family: Family, isFirst: boolean) {
    this.#family = family;
    this.#isFirst = isFirst;
    family.members.add(this);
  }

  async write(content: Uint8Array | Readable, verify?: (written: WrittenBlob) => void): Promise<WrittenBlob> {
    const written = await this.#family.store.write(content, verify);
    this.#unwanted.delete(written.blob);
    return written;
  }

  read(blob: string, start?: number, end?: number): Promise<Uint8Array> {
    return this.#family.store.read(blob, start, end);
  }

  stream(blob: string, start?: number, end?: number): Readable {
    return this.#family.store.stream(blob, start, end);
  }

  async has(blob: string): Promise<boolean> {
    return !this.#unwanted.has(blob) && (await this.#family.store.has(blob));
  }

  async delete(blob: string): Promise<void> {
    if (this.#family.members.size > 1) this.#unwanted.add(blob);
    else await this.#family.store.delete(blob);
  }

  /** A fork's rows are as old as its original: the original looks for what nobody names. */
  async *leftovers(): AsyncGenerator<string> {
    if (this.#isFirst) yield* this.#family.store.leftovers();
  }

  fork(): Blobs {
    return new Member(this.#family, false);
  }

  async close(): Promise<void> {
    const { members, store } = this.#family;
    members.delete(this);
    const [last] = members;
    if (members.size === 1 && last !== undefined) await last.#deleteUnwanted();
    if (members.size === 0) await store.close();
  }

  async #deleteUnwanted(): Promise<void> {
    const unwanted = [...this.#unwanted];
    this.#unwanted.clear();
    for (const blob of unwanted) await this.#family.store.delete(blob);
  }
}
