/** Deletes everything in a bucket, versions and delete markers too. */
import type { Scope } from "../../host/call.ts";
import type { Shell } from "../../host/service.ts";

interface Version {
  readonly Key: string;
  readonly VersionId?: string;
}

export async function emptyBucket(shell: Shell, scope: Scope, Bucket: string): Promise<void> {
  for (;;) {
    const page = await shell.invoke("s3", "ListObjectVersions", { Bucket }, scope);
    const found = [
      ...((page["Versions"] ?? []) as Version[]),
      ...((page["DeleteMarkers"] ?? []) as Version[]),
    ];
    if (found.length === 0) return;
    for (const { Key, VersionId } of found)
      await shell.invoke("s3", "DeleteObject", { Bucket, Key, VersionId }, scope);
  }
}
