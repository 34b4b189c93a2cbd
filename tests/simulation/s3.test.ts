/**
 * S3 against a naive model: any sequence of puts, copies, multipart uploads, deletes and versioning changes leaves the
 * same objects, versions and listings, and every blob that nothing names any more is gone in the end.
 */
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { type App, startApp } from "awan/testing";
import * as fc from "fast-check";
import { createHash } from "node:crypto";
import { expect, test } from "vitest";

interface Version {
  readonly id: string;
  /** Undefined: a delete marker. */
  readonly content: Buffer | undefined;
}

/** Versions of each key, newest first. */
class Model {
  readonly keys = new Map<string, Version[]>();
  versioning: "Off" | "Enabled" | "Suspended" = "Off";

  add(key: string, version: Version): void {
    let versions = this.keys.get(key) ?? [];
    if (this.versioning !== "Enabled") versions = versions.filter(({ id }) => id !== "null");
    this.keys.set(key, [version, ...versions]);
  }

  remove(key: string, id: string): void {
    const left = (this.keys.get(key) ?? []).filter((version) => version.id !== id);
    if (left.length === 0) this.keys.delete(key);
    else this.keys.set(key, left);
  }

  current(): [string, Buffer][] {
    const live: [string, Buffer][] = [];
    for (const [key, [newest]] of this.keys)
      if (newest?.content !== undefined) live.push([key, newest.content]);
    return live.toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  }

  /** What a listing with a prefix and a delimiter shows, in order. */
  listed(prefix: string, delimiter: string): string[] {
    const shown: string[] = [];
    for (const [key] of this.current()) {
      if (!key.startsWith(prefix)) continue;
      const at = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
      const name = at === -1 ? `k ${key}` : `p ${key.slice(0, at + delimiter.length)}`;
      if (!shown.includes(name)) shown.push(name);
    }
    return shown;
  }
}

const key = fc.oneof(
  fc.constantFrom(
    "a",
    "a/",
    "a/b",
    "a/b/c",
    "a/c",
    "b",
    "b//x",
    "ä/ö",
    "😀/k",
    "\uffee",
    "a b+c&d%",
    "z".repeat(40),
  ),
  fc
    .string({ minLength: 1, maxLength: 6, unit: fc.constantFrom("a", "b", "/", "é", "\u{10ffff}") })
    .filter((text) => text !== "." && text !== ".."),
);
const content = fc.oneof(
  fc.uint8Array({ maxLength: 8 }),
  fc.constantFrom(16_384, 16_385, 300_000).map((size) => new Uint8Array(size).fill(7)),
);

type Step =
  | { readonly do: "put"; readonly key: string; readonly content: Uint8Array }
  | { readonly do: "copy"; readonly from: string; readonly to: string }
  | { readonly do: "multipart"; readonly key: string; readonly content: Uint8Array; readonly finish: boolean }
  | { readonly do: "delete"; readonly key: string }
  | { readonly do: "deleteVersion"; readonly key: string; readonly index: number }
  | { readonly do: "versioning"; readonly status: "Enabled" | "Suspended" };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("put" as const), key, content }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("copy" as const), from: key, to: key }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("multipart" as const), key, content, finish: fc.boolean() }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("delete" as const), key }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("deleteVersion" as const), key, index: fc.nat(3) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("versioning" as const),
      status: fc.constantFrom("Enabled" as const, "Suspended" as const),
    }),
  },
);

const idOf = (output: { readonly VersionId?: string | undefined }): string => output.VersionId ?? "null";

class Run {
  readonly #s3: S3Client;
  readonly #bucket: string;
  readonly model = new Model();

  constructor(s3: S3Client, bucket: string) {
    this.#s3 = s3;
    this.#bucket = bucket;
  }

  async apply(each: Step): Promise<void> {
    const Bucket = this.#bucket;
    const { model } = this;
    switch (each.do) {
      case "put": {
        const put = await this.#s3.send(new PutObjectCommand({ Bucket, Key: each.key, Body: each.content }));
        expect(put.ETag).toBe(`"${createHash("md5").update(each.content).digest("hex")}"`);
        model.add(each.key, { id: idOf(put), content: Buffer.from(each.content) });
        return;
      }
      case "copy": {
        const source = model.keys.get(each.from)?.[0]?.content;
        const copying = this.#s3.send(
          new CopyObjectCommand({
            Bucket,
            Key: each.to,
            CopySource: `${Bucket}/${encodeURIComponent(each.from)}`,
            MetadataDirective: "REPLACE",
          }),
        );
        if (source === undefined) await expect(copying).rejects.toMatchObject({ name: "NoSuchKey" });
        else model.add(each.to, { id: idOf(await copying), content: source });
        return;
      }
      case "multipart":
        return this.#multipart(each);
      case "delete": {
        const deleted = await this.#s3.send(new DeleteObjectCommand({ Bucket, Key: each.key }));
        if (model.versioning === "Off") model.keys.delete(each.key);
        else model.add(each.key, { id: idOf(deleted), content: undefined });
        return;
      }
      case "deleteVersion": {
        const version = model.keys.get(each.key)?.[each.index];
        if (version === undefined) return;
        await this.#s3.send(new DeleteObjectCommand({ Bucket, Key: each.key, VersionId: version.id }));
        model.remove(each.key, version.id);
        return;
      }
      default:
        await this.#s3.send(
          new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: each.status } }),
        );
        model.versioning = each.status;
    }
  }

  async #multipart(each: Extract<Step, { do: "multipart" }>): Promise<void> {
    const Bucket = this.#bucket;
    const Key = each.key;
    const { UploadId } = await this.#s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
    await this.#s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 2, Body: "replaced" }));
    const { ETag } = await this.#s3.send(
      new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 2, Body: each.content }),
    );
    if (!each.finish) {
      await this.#s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
      return;
    }
    const done = await this.#s3.send(
      new CompleteMultipartUploadCommand({
        Bucket,
        Key,
        UploadId,
        MultipartUpload: { Parts: [{ PartNumber: 2, ETag }] },
      }),
    );
    this.model.add(Key, { id: done.VersionId ?? "null", content: Buffer.from(each.content) });
  }

  async check(prefix: string, delimiter: string, MaxKeys: number): Promise<void> {
    const Bucket = this.#bucket;
    for (const [Key, wanted] of this.model.current()) {
      const got = await this.#s3.send(new GetObjectCommand({ Bucket, Key }));
      expect(Buffer.compare(Buffer.from(await got.Body!.transformToByteArray()), wanted), Key).toBe(0);
    }
    const wanted = this.model.listed(prefix, delimiter);
    expect(await this.#pagesV2(prefix, delimiter, MaxKeys)).toEqual(wanted);
    expect(await this.#pagesV1(prefix, delimiter, MaxKeys)).toEqual(wanted);
    expect(await this.#versions(MaxKeys)).toEqual(this.#modelVersions());
  }

  async #pagesV2(Prefix: string, Delimiter: string, MaxKeys: number): Promise<string[]> {
    const names: string[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await this.#s3.send(
        new ListObjectsV2Command({ Bucket: this.#bucket, Prefix, Delimiter, MaxKeys, ContinuationToken }),
      );
      expect(page.KeyCount).toBeLessThanOrEqual(MaxKeys);
      names.push(...namesOf(page));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
    return names;
  }

  async #pagesV1(Prefix: string, Delimiter: string, MaxKeys: number): Promise<string[]> {
    const names: string[] = [];
    for (let Marker: string | undefined; ;) {
      const page = await this.#s3.send(
        new ListObjectsCommand({ Bucket: this.#bucket, Prefix, Delimiter, MaxKeys, Marker }),
      );
      names.push(...namesOf(page));
      if (page.IsTruncated !== true) return names;
      Marker = page.NextMarker ?? page.Contents?.at(-1)?.Key;
    }
  }

  async #versions(MaxKeys: number): Promise<string[]> {
    const found: string[] = [];
    let marker: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = {};
    for (;;) {
      const page = await this.#s3.send(
        new ListObjectVersionsCommand({ Bucket: this.#bucket, MaxKeys, ...marker }),
      );
      const told = [
        ...(page.Versions ?? []).map(({ Key, VersionId, IsLatest }) => `${Key} ${VersionId} ${IsLatest}`),
        ...(page.DeleteMarkers ?? []).map(
          ({ Key, VersionId, IsLatest }) => `${Key} ${VersionId} ${IsLatest}`,
        ),
      ];
      expect(told.length).toBeLessThanOrEqual(MaxKeys);
      found.push(...told);
      if (page.IsTruncated !== true) return found.toSorted();
      marker = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
    }
  }

  #modelVersions(): string[] {
    return [...this.model.keys]
      .flatMap(([name, versions]) => versions.map(({ id }, index) => `${name} ${id} ${index === 0}`))
      .toSorted();
  }

  async clear(): Promise<void> {
    for (const [Key, versions] of this.model.keys) {
      for (const { id } of versions)
        await this.#s3.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key, VersionId: id }));
    }
  }
}

interface Listed {
  readonly Contents?: { readonly Key?: string | undefined }[] | undefined;
  readonly CommonPrefixes?: { readonly Prefix?: string | undefined }[] | undefined;
}

/** Keys and prefixes of a page in one order. */
function namesOf(page: Listed): string[] {
  const keys = (page.Contents ?? []).map(({ Key = "" }) => ({ at: Key, name: `k ${Key}` }));
  const prefixes = (page.CommonPrefixes ?? []).map(({ Prefix = "" }) => ({
    at: Prefix,
    name: `p ${Prefix}`,
  }));
  return [...keys, ...prefixes]
    .toSorted((a, b) => Buffer.compare(Buffer.from(a.at), Buffer.from(b.at)))
    .map(({ name }) => name);
}

async function nothingLeft(app: App): Promise<void> {
  await app.settle();
  await app.clock.advance("2m");
  await app.settle();
  const known = [Buffer.from("replaced"), new Uint8Array(16_385).fill(7), new Uint8Array(300_000).fill(7)];
  for (const bytes of known) {
    expect(await app.platform.blobs.has(createHash("sha256").update(bytes).digest("hex"))).toBe(false);
  }
}

test("objects, versions and listings are what a naive model says", { timeout: 120_000 }, async () => {
  await using app = await startApp({ seed: 7 });
  const s3 = app.client(S3Client);
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 25 }),
      fc.constantFrom("", "a", "a/", "ä", "nothing"),
      fc.constantFrom("", "/", "b", "a/"),
      fc.integer({ min: 1, max: 4 }),
      async (steps, prefix, delimiter, pageSize) => {
        const bucket = `run-${(runs += 1)}`;
        await s3.send(new CreateBucketCommand({ Bucket: bucket }));
        const run = new Run(s3, bucket);
        for (const each of steps) await run.apply(each);
        await run.check(prefix, delimiter, pageSize);
        await run.clear();
      },
    ),
    { numRuns: 60, seed: 1 },
  );
  await nothingLeft(app);
});
