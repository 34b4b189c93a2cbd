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
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  ListObjectVersionsCommand,
  ListPartsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { type App, startApp } from "awan/testing";
import * as fc from "fast-check";
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { anyKey, compare, grouped, Model, type Step, step } from "./s3-model.ts";

const idOf = (output: { readonly VersionId?: string | undefined }): string => output.VersionId ?? "null";

interface Wanted {
  readonly prefix: string;
  readonly delimiter: string;
  readonly pageSize: number;
  /** Where a listing begins. */
  readonly after: string;
}

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
    const parts = await this.#s3.send(new ListPartsCommand({ Bucket, Key, UploadId }));
    expect(parts.Parts).toMatchObject([{ PartNumber: 2, ETag, Size: each.content.length }]);
    if (each.end === "leave") {
      this.model.uploads.push({ key: Key, id: UploadId ?? "" });
      return;
    }
    if (each.end === "abort") {
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

  async check({ prefix, delimiter, pageSize: MaxKeys, after }: Wanted): Promise<void> {
    const Bucket = this.#bucket;
    for (const [Key, wanted] of this.model.current()) {
      const got = await this.#s3.send(new GetObjectCommand({ Bucket, Key }));
      expect(Buffer.compare(Buffer.from(await got.Body!.transformToByteArray()), wanted), Key).toBe(0);
    }
    const wanted = this.model.listed(prefix, delimiter);
    expect(await this.#pagesV2({ Prefix: prefix, Delimiter: delimiter, MaxKeys })).toEqual(wanted);
    expect(await this.#pagesV1(prefix, delimiter, MaxKeys)).toEqual(wanted);
    const behind = { Prefix: prefix, Delimiter: delimiter, MaxKeys, StartAfter: after };
    expect(await this.#pagesV2(behind)).toEqual(this.model.listed(prefix, delimiter, after));
    expect(await this.#pagesV2({ ...behind, EncodingType: "url" })).toEqual(
      this.model.listed(prefix, delimiter, after),
    );
    expect(await this.#versions(MaxKeys)).toEqual(this.#modelVersions());
    expect(await this.#versionNames(prefix, delimiter, MaxKeys)).toEqual(
      grouped([...this.model.keys.keys()].toSorted(compare), prefix, delimiter),
    );
    expect(await this.#uploads(prefix, delimiter, MaxKeys)).toEqual(
      grouped(this.model.uploads.map(({ key }) => key).toSorted(compare), prefix, delimiter),
    );
  }

  /** Keys that have versions, and common prefixes, over all pages. */
  async #versionNames(Prefix: string, Delimiter: string, MaxKeys: number): Promise<string[]> {
    const names: string[] = [];
    let marker: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = {};
    for (;;) {
      const page = await this.#s3.send(
        new ListObjectVersionsCommand({ Bucket: this.#bucket, Prefix, Delimiter, MaxKeys, ...marker }),
      );
      const { CommonPrefixes, Versions = [], DeleteMarkers = [] } = page;
      names.push(...namesOf({ Contents: [...Versions, ...DeleteMarkers], CommonPrefixes }));
      if (page.IsTruncated !== true) return [...new Set(names)];
      marker = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
    }
  }

  async #uploads(Prefix: string, Delimiter: string, MaxUploads: number): Promise<string[]> {
    const names: string[] = [];
    let marker: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } = {};
    for (;;) {
      const page = await this.#s3.send(
        new ListMultipartUploadsCommand({ Bucket: this.#bucket, Prefix, Delimiter, MaxUploads, ...marker }),
      );
      names.push(...namesOf({ Contents: page.Uploads, CommonPrefixes: page.CommonPrefixes }));
      if (page.IsTruncated !== true) return [...new Set(names)];
      marker = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker };
    }
  }

  async #pagesV2(asked: Omit<ListObjectsV2CommandInput, "Bucket">): Promise<string[]> {
    const names: string[] = [];
    const decode = (text = ""): string => (asked.EncodingType === "url" ? decodeURIComponent(text) : text);
    let ContinuationToken: string | undefined;
    do {
      const page = await this.#s3.send(
        new ListObjectsV2Command({ Bucket: this.#bucket, ...asked, ContinuationToken }),
      );
      expect(page.KeyCount).toBeLessThanOrEqual(asked.MaxKeys ?? 0);
      names.push(
        ...namesOf({
          Contents: page.Contents?.map(({ Key }) => ({ Key: decode(Key) })),
          CommonPrefixes: page.CommonPrefixes?.map(({ Prefix }) => ({ Prefix: decode(Prefix) })),
        }),
      );
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
    for (const { key: Key, id: UploadId } of this.model.uploads)
      await this.#s3.send(new AbortMultipartUploadCommand({ Bucket: this.#bucket, Key, UploadId }));
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
      fc.record({
        prefix: fc.constantFrom("", "a", "a/", "ä", "nothing"),
        delimiter: fc.constantFrom("", "/", "b", "a/"),
        pageSize: fc.integer({ min: 1, max: 4 }),
        after: fc.oneof(fc.constant(""), anyKey),
      }),
      async (steps, wanted) => {
        const bucket = `run-${(runs += 1)}`;
        await s3.send(new CreateBucketCommand({ Bucket: bucket }));
        const run = new Run(s3, bucket);
        for (const each of steps) await run.apply(each);
        await run.check(wanted);
        await run.clear();
      },
    ),
    { numRuns: 60, seed: 1 },
  );
  await nothingLeft(app);
});
