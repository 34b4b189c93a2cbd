/** GetObjectAttributes: the chosen attributes of a version, and pages of its parts. */
import { toldTime } from "../told-time.ts";
import type { Call } from "../../../host/call.ts";
import { checksumMembers } from "../checksums/checksums.ts";
import { checkReadKey } from "../encryption.ts";
import { invalidArgument } from "../errors.ts";
import { parts } from "../keys.ts";
import { pageSize } from "../listing.ts";
import { type Target, targetOf } from "../object-answer.ts";
import type { Input, Output } from "../types.ts";

const known = new Set(["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"]);

export function getObjectAttributes(
  call: Call,
  input: Input<"GetObjectAttributes">,
): Output<"GetObjectAttributes"> {
  const target = targetOf(call, input, {
    action: "s3:GetObjectAttributes",
    permission: "READ",
    method: "GET",
  });
  const { bucket, row } = target;
  checkReadKey(row.encryption, input);
  const asked = new Set<string>(input.ObjectAttributes);
  for (const name of asked) {
    if (!known.has(name))
      throw invalidArgument("x-amz-object-attributes", name, "Invalid attribute name specified.");
  }
  return {
    LastModified: toldTime(row.modifiedAtMs),
    ...(bucket.row.versioning === "Off" ? {} : { VersionId: row.versionId }),
    ...(asked.has("ETag") ? { ETag: row.etag } : {}),
    ...(asked.has("Checksum") && row.checksum !== null ? { Checksum: checksumOf(target) } : {}),
    ...(asked.has("ObjectParts") && row.partCount > 0 ? { ObjectParts: partsOf(target, input) } : {}),
    ...(asked.has("StorageClass") ? { StorageClass: row.storageClass as "STANDARD" } : {}),
    ...(asked.has("ObjectSize") ? { ObjectSize: row.sizeBytes } : {}),
  };
}

/** Here a composite is told without the number of its parts. */
function checksumOf({ row }: Target) {
  if (row.checksum === null) return {};
  return checksumMembers({ ...row.checksum, value: row.checksum.value.replace(/-\d+$/, "") });
}

function partsOf(
  { bucket, row }: Target,
  input: Input<"GetObjectAttributes">,
): NonNullable<Output<"GetObjectAttributes">["ObjectParts"]> {
  const max = pageSize(input.MaxParts, "max-parts");
  const marker = Number(input.PartNumberMarker ?? 0);
  // Full-object uploads keep no checksums of parts to tell.
  if (row.body.in !== "parts" || row.checksum?.type !== "COMPOSITE")
    return { TotalPartsCount: row.partCount };
  const told: { PartNumber: number; Size: number }[] = [];
  let truncated = false;
  for (const { value } of parts.scan(bucket.call.tx, [bucket.name, row.body.id])) {
    if (value.partNumber <= marker) continue;
    if (told.length === max) {
      truncated = true;
      break;
    }
    const { ChecksumType: _type, ...checksum } = checksumMembers(value.checksum);
    told.push({ PartNumber: value.partNumber, Size: value.sizeBytes, ...checksum });
  }
  return {
    TotalPartsCount: row.partCount,
    PartNumberMarker: String(marker),
    NextPartNumberMarker: String(told.at(-1)?.PartNumber ?? 0),
    MaxParts: max,
    IsTruncated: truncated,
    ...(told.length === 0 ? {} : { Parts: told }),
  };
}
