/** Code on its way in: checked, and kept as a blob named by its hash, before the rows that name it are written. */
import { createHash } from "node:crypto";
import { buffer } from "node:stream/consumers";
import type { Readable } from "node:stream";
import { unzipSync } from "fflate";
import type { Call } from "../../host/call.ts";
import type { BlobRange } from "../../host/http.ts";
import type { EffectContext } from "../../host/service.ts";
import { AwsError } from "../../kernel/errors.ts";
import { invalidParameter, tooLargeEntity } from "./errors.ts";
import type { CodeRow } from "./keys.ts";
import { limits } from "./limits.ts";

/** `S3Bucket` of code that is a directory of this machine, `S3Key` its absolute path: Awan's own convention. */
export const localDirectoryBucket = "awan-local-directory";

export interface CodeSource {
  readonly zip?: Uint8Array;
  readonly bucket?: string;
  readonly key?: string;
  readonly version?: string;
  readonly imageUri?: string;
}

/** Makes a `CodeRow` of what CreateFunction, UpdateFunctionCode or PublishLayerVersion were given. */
export async function storeCode(context: EffectContext, source: CodeSource): Promise<CodeRow> {
  if (source.imageUri !== undefined) {
    const digest = createHash("sha256").update(source.imageUri).digest("hex");
    return { code: { kind: "image", uri: source.imageUri }, sizeBytes: 0, sha256: digest };
  }
  if (source.bucket === localDirectoryBucket) {
    const path = source.key ?? "";
    const sha256 = createHash("sha256")
      .update(`${path}\n${source.version ?? ""}`)
      .digest("base64");
    return { code: { kind: "directory", path }, sizeBytes: 0, sha256 };
  }
  const zip = source.zip ?? (await download(context, source));
  if (zip.byteLength > limits.zippedBytesMax && source.zip !== undefined) {
    throw tooLargeEntity(`Zipped size must be smaller than ${limits.zippedBytesMax} bytes`);
  }
  checkArchive(zip);
  const { blob, sizeBytes } = await context.shell.blobs.write(zip);
  await keep(context, blob, zip);
  return { code: { kind: "blob", blob }, sizeBytes, sha256: Buffer.from(blob, "hex").toString("base64") };
}

/**
 * Blobs are named by their content: an archive that came from S3 is the object's own blob, and would go with it. Every
 * version that names an archive counts it once, and here it is counted for the row that is about to be written; one that
 * was being deleted just then is written again. Layers never give their archives up: functions go on using them.
 */
async function keep(context: EffectContext, blob: string, zip: Uint8Array): Promise<void> {
  const { shell, scope, trace } = context;
  await shell.run({ name: "lambda.KeepCode", ...scope, trace }, (call) =>
    call.ports.s3.retainBlob(call, blob),
  );
  if (!(await shell.blobs.has(blob))) await shell.blobs.write(zip);
}

/** One more version has this code. */
export function retainCode(call: Call, { code }: CodeRow): void {
  if (code.kind === "blob") call.ports.s3.retainBlob(call, code.blob);
}

/** A version with this code is gone. Its archive stays for a minute, for whoever is about to run it. */
export function releaseCode(call: Call, { code }: CodeRow): void {
  if (code.kind === "blob") call.ports.s3.releaseBlob(call, code.blob);
}

function checkArchive(zip: Uint8Array): void {
  let unzippedBytes = 0;
  let entries = 0;
  try {
    unzipSync(zip, {
      filter: (file) => {
        unzippedBytes += file.originalSize;
        entries += 1;
        return false;
      },
    });
  } catch {
    entries = 0;
  }
  if (entries === 0) {
    throw invalidParameter(
      "Could not unzip uploaded file. Please check your file, then try to upload again.",
    );
  }
  if (unzippedBytes >= limits.unzippedBytesMax) {
    throw invalidParameter(`Unzipped size must be smaller than ${limits.unzippedBytesMax} bytes`);
  }
}

async function download(context: EffectContext, source: CodeSource): Promise<Uint8Array> {
  const { shell, scope } = context;
  try {
    const object = await shell.invoke(
      "s3",
      "GetObject",
      {
        Bucket: source.bucket,
        Key: source.key,
        ...(source.version === undefined ? {} : { VersionId: source.version }),
      },
      { ...scope },
    );
    return await bytesOf(context, object["Body"]);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw invalidParameter(
      `Error occurred while GetObject. S3 Error Code: ${error.code}. S3 Error Message: ${error.message}`,
    );
  }
}

async function bytesOf(context: EffectContext, body: unknown): Promise<Uint8Array> {
  if (body instanceof Uint8Array) return body;
  if (typeof body === "string") return Buffer.from(body, "utf8");
  if (body !== null && typeof body === "object" && "blob" in body) {
    const { blob, start, end } = body as BlobRange;
    return context.shell.blobs.read(blob, start, end);
  }
  return body === undefined ? new Uint8Array() : buffer(body as Readable);
}
