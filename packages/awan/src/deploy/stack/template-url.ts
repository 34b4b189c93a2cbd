/** Templates in S3: an address in any of S3's spellings, read from our own buckets. */
import { Readable } from "node:stream";
import { AwsError } from "../../kernel/errors.ts";
import type { Scope } from "../../host/call.ts";
import type { Shell } from "../../host/service.ts";
import { isDict, validationError } from "../template/value.ts";

const virtualHost = /^(.+)\.s3(?:[.-].*)?$/;

/** Bucket and key of an S3 address, path style or virtual-hosted; undefined when it is none. */
export function parseS3Url(text: string): { readonly bucket: string; readonly key: string } | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const path = decodeURIComponent(url.pathname.slice(1));
  if (url.protocol === "s3:") return { bucket: url.hostname, key: path };
  const bucket =
    virtualHost.exec(url.hostname)?.[1] ??
    (url.hostname.endsWith(".localhost") ? url.hostname.slice(0, -10) : undefined);
  if (bucket !== undefined && bucket !== "s3") return { bucket, key: path };
  const slash = path.indexOf("/");
  return slash <= 0 ? undefined : { bucket: path.slice(0, slash), key: path.slice(slash + 1) };
}

export async function readTemplateUrl(shell: Shell, scope: Scope, text: string): Promise<string> {
  const place = parseS3Url(text);
  if (place !== undefined && text.startsWith("s3:")) {
    throw validationError(`S3 error: Domain name specified in ${place.bucket} is not a valid S3 domain`);
  }
  if (place === undefined) throw validationError("TemplateURL must be a supported URL.");
  try {
    return await readObject(shell, scope, place);
  } catch (error) {
    if (error instanceof AwsError && /NoSuch|NotFound/.test(error.code)) {
      throw validationError(
        "S3 error: The specified key does not exist.\nFor more information check http://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html",
      );
    }
    throw error;
  }
}

export async function readObject(
  shell: Shell,
  scope: Scope,
  place: { readonly bucket: string; readonly key: string },
): Promise<string> {
  const answer = await shell.invoke("s3", "GetObject", { Bucket: place.bucket, Key: place.key }, scope);
  const body = answer["Body"];
  if (typeof body === "string") return body;
  if (body instanceof Uint8Array) return new TextDecoder().decode(body);
  if (body instanceof Readable) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of body) chunks.push(chunk as Uint8Array);
    return Buffer.concat(chunks).toString("utf8");
  }
  if (isDict(body) && typeof body["blob"] === "string") {
    const bytes = await shell.blobs.read(body["blob"], Number(body["start"]), Number(body["end"]));
    return new TextDecoder().decode(bytes);
  }
  return "";
}
