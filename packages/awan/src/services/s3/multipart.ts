/** Multipart uploads: finding one, keeping its parts, and making one object of them. */
import { createHash } from "node:crypto";
import type { Call } from "../../host/call.ts";
import { type Bucket } from "./bucket.ts";
import {
  type Algorithm,
  type Checksum,
  type ChecksumKind,
  type ChecksumMembers,
  givenChecksums,
  isDigest,
  joinChecksums,
} from "./checksums/checksums.ts";
import { badDigest, invalidRequest, malformedXml, noSuchUpload, s3Error } from "./errors.ts";
import { type Body, type PartRow, partNumbers, parts, uploadParts, type UploadRow, uploads } from "./keys.ts";
import { limits } from "./limits.ts";
import { releaseBody } from "./versions.ts";

export interface Upload {
  readonly bucket: Bucket;
  readonly key: string;
  readonly id: string;
  readonly row: UploadRow;
}

const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._";

/** Ids sort by when their upload began, as uploads of a key are listed. */
export function newUploadId(call: Call): string {
  let time = "";
  for (let rest = call.nowMs; time.length < 8; rest = Math.floor(rest / 36))
    time = (rest % 36).toString(36) + time;
  return time + call.random.text(120, digits);
}

export function openUpload(bucket: Bucket, key: string, id: string | undefined): Upload {
  const row = uploads.get(bucket.call.tx, [bucket.name, key, id ?? ""]);
  if (row === undefined || id === undefined) throw noSuchUpload(id ?? "");
  return { bucket, key, id, row };
}

/** Replaces a part of the same number. */
export function keepPart(upload: Upload, partNumber: number, part: PartRow): void {
  const { bucket, id } = upload;
  const { tx } = bucket.call;
  const before = uploadParts.get(tx, [bucket.name, id, partNumber]);
  if (before !== undefined) releaseBody(bucket, before.body);
  uploadParts.set(tx, [bucket.name, id, partNumber], part);
}

/** Forgets an upload; parts that are not `kept` give up their bodies. */
export function forgetUpload(upload: Upload, kept: ReadonlySet<number> = new Set()): void {
  const { bucket, id, key } = upload;
  const { tx } = bucket.call;
  for (const { key: partKey, value } of uploadParts.scan(tx, [bucket.name, id])) {
    if (!kept.has(partKey[2])) releaseBody(bucket, value.body);
    uploadParts.delete(tx, partKey);
  }
  uploads.delete(tx, [bucket.name, key, id]);
}

export interface AskedPart extends ChecksumMembers {
  readonly PartNumber?: number | undefined;
  readonly ETag?: string | undefined;
}

interface Chosen {
  readonly partNumber: number;
  readonly row: PartRow;
}

export interface Joined {
  readonly etag: string;
  readonly sizeBytes: number;
  readonly checksum: Checksum | null;
  readonly body: Body;
  readonly partCount: number;
}

/** The parts the caller lists, each checked as S3 does, in its order of refusal. */
export function chooseParts(upload: Upload, asked: readonly AskedPart[]): readonly Chosen[] {
  if (asked.length === 0) throw malformedXml();
  const chosen: Chosen[] = [];
  let before = 0;
  for (const [i, part] of asked.entries()) {
    const partNumber = part.PartNumber;
    if (partNumber === undefined || part.ETag === undefined) throw malformedXml();
    if (partNumber < 1 || partNumber > limits.partNumberMax) {
      throw s3Error("InvalidArgument", 400, "PartNumber must be >= 1", {
        ArgumentName: "PartNumber",
        ArgumentValue: String(partNumber),
      });
    }
    // Of a number that is listed twice the last entry counts.
    if (asked[i + 1]?.PartNumber === partNumber) continue;
    if (partNumber <= before) {
      throw s3Error(
        "InvalidPartOrder",
        400,
        "The list of parts was not in ascending order. Parts must be ordered by part number.",
        { UploadId: upload.id },
      );
    }
    before = partNumber;
    const row = uploadParts.get(upload.bucket.call.tx, [upload.bucket.name, upload.id, partNumber]);
    if (row === undefined || row.etag !== part.ETag.replaceAll('"', "")) throw invalidPart(upload, part);
    checkPartChecksum(upload, part, row);
    chosen.push({ partNumber, row });
  }
  checkSizes(chosen);
  return chosen;
}

const invalidPart = (upload: Upload, part: AskedPart): Error =>
  s3Error(
    "InvalidPart",
    400,
    "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
    { UploadId: upload.id, PartNumber: part.PartNumber, ETag: part.ETag?.replaceAll('"', "") },
  );

function checkPartChecksum(upload: Upload, part: AskedPart, row: PartRow): void {
  const { algorithm, checksumAsked, checksumKind } = upload.row;
  const given = givenChecksums(part);
  for (const [name] of given) {
    if (checksumAsked && name !== algorithm) {
      throw badDigest(
        `The ${name.toLowerCase()} you specified for part ${part.PartNumber} did not match what we received.`,
      );
    }
  }
  if (
    algorithm !== null &&
    checksumAsked &&
    checksumKind === "COMPOSITE" &&
    !given.some(([name]) => name === algorithm)
  ) {
    throw invalidRequest(
      `The upload was created using a ${algorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${part.PartNumber} in the request.`,
    );
  }
  for (const [name, value] of given) {
    // An upload that named no algorithm knows its parts by CRC64NVME.
    if (name !== algorithm) throw invalidPart(upload, part);
    if (name === row.checksum?.algorithm && value !== row.checksum.value) throw invalidPart(upload, part);
  }
}

function checkSizes(chosen: readonly Chosen[]): void {
  for (const { partNumber, row } of chosen.slice(0, -1)) {
    if (row.sizeBytes >= limits.partSizeBytesMin) continue;
    throw s3Error("EntityTooSmall", 400, "Your proposed upload is smaller than the minimum allowed size", {
      ProposedSize: row.sizeBytes,
      MinSizeAllowed: limits.partSizeBytesMin,
      PartNumber: partNumber,
      ETag: row.etag,
    });
  }
}

/** The ETag, checksum and body of the object that the parts become. Their rows move from the upload to the object. */
export function joinParts(upload: Upload, chosen: readonly Chosen[]): Joined {
  const { bucket, id } = upload;
  const { tx } = bucket.call;
  const md5 = createHash("md5");
  let start = 0;
  for (const { partNumber, row } of chosen) {
    md5.update(Buffer.from(row.etag, "hex"));
    parts.set(tx, [bucket.name, id, start], {
      partNumber,
      sizeBytes: row.sizeBytes,
      body: row.body,
      checksum: row.checksum,
    });
    partNumbers.set(tx, [bucket.name, id, partNumber], start);
    start += row.sizeBytes;
  }
  return {
    etag: `${md5.digest("hex")}-${chosen.length}`,
    sizeBytes: start,
    checksum:
      upload.row.encryption.kind !== "AES256" && !upload.row.checksumAsked
        ? null
        : joinedChecksum(
            upload.row.algorithm ?? "CRC64NVME",
            upload.row.checksumKind ?? "FULL_OBJECT",
            chosen,
          ),
    body: { in: "parts", id },
    partCount: chosen.length,
  };
}

function joinedChecksum(
  algorithm: Algorithm,
  kind: ChecksumKind,
  chosen: readonly Chosen[],
): Checksum | null {
  const pieces: { value: string; sizeBytes: number }[] = [];
  for (const { row } of chosen) {
    if (row.checksum?.algorithm !== algorithm) return null;
    pieces.push({ value: row.checksum.value, sizeBytes: row.sizeBytes });
  }
  return joinChecksums(algorithm, kind, pieces);
}

/** An upload is completed in the mode it was begun with. */
export function checkKind(upload: Upload, asked: string | undefined): void {
  const kind = upload.row.checksumAsked ? upload.row.checksumKind : null;
  if (asked === undefined || asked === kind) return;
  throw invalidRequest(
    `The upload was created using the ${kind ?? "null"} checksum mode. The complete request must use the same checksum mode.`,
  );
}

/** What cannot be a checksum cannot match, whatever the parts are. */
export function checkForms(input: ChecksumMembers): void {
  for (const [algorithm, value] of givenChecksums(input)) {
    if (!isDigest(algorithm, value.replace(/-\d+$/, "")))
      throw badDigest(`The ${algorithm.toLowerCase()} you specified did not match the calculated checksum.`);
  }
}

/** Compares what the caller says of the whole with what it is. */
export function checkWhole(
  joined: Joined,
  input: ChecksumMembers & {
    readonly ChecksumType?: string | undefined;
    readonly MpuObjectSize?: number | undefined;
  },
  upload: Upload,
): void {
  if (input.MpuObjectSize !== undefined && input.MpuObjectSize !== joined.sizeBytes) {
    throw invalidRequest(
      `The provided 'x-amz-mp-object-size' header value ${input.MpuObjectSize} does not match what was computed: ${joined.sizeBytes}`,
    );
  }
  for (const [algorithm, value] of givenChecksums(input)) {
    const { algorithm: own, checksumAsked } = upload.row;
    if (algorithm !== joined.checksum?.algorithm) {
      // Of an upload that named no algorithm others are passed over (recorded).
      if (!checksumAsked) continue;
      throw badDigest(
        `The ${own?.toLowerCase() ?? "null"} you specified did not match the calculated checksum.`,
      );
    }
    const whole = joined.checksum.value;
    // Whoever does not say otherwise means a composite checksum (recorded).
    if (
      joined.checksum.type === "FULL_OBJECT" &&
      upload.row.checksumAsked &&
      input.ChecksumType === undefined
    )
      throw badDigest(`The ${algorithm.toLowerCase()} you specified did not match the calculated checksum.`);
    if (value !== whole && value !== whole.replace(/-\d+$/, ""))
      throw badDigest(`The ${algorithm.toLowerCase()} you specified did not match the calculated checksum.`);
  }
}
