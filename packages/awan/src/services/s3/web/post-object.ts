/** POST Object: a browser's form becomes a PutObject by whoever signed its policy, or by nobody. */
import { Readable } from "node:stream";
import type { HttpRequest, HttpResponse } from "../../../host/http.ts";
import type { FormSigner, Shell } from "../../../host/service.ts";
import type { Principal } from "../../../host/call.ts";
import { invalidArgument, malformedXml, preconditionFailed, s3Error } from "../errors.ts";
import { putObjectAs } from "../operations/put-object.ts";
import { algorithms, type ChecksumMembers, givenChecksums, headerOf } from "../checksums/checksums.ts";
import { type Form, readForm } from "./form-data.ts";
import { checkPostPolicy, type SizeRange } from "./post-policy.ts";

const anonymous: Principal = { kind: "anonymous", arn: "*", accountId: "anonymous" };

export async function postObject(
  shell: Shell,
  request: HttpRequest,
  bucket: string,
  signerOf: FormSigner,
): Promise<HttpResponse> {
  if (request.headers["content-type"]?.startsWith("multipart/form-data") !== true) {
    throw preconditionFailed("Bucket POST must be of the enclosure-type multipart/form-data");
  }
  const form = await readForm(request.headers["content-type"] ?? "", request.body);
  const { file } = form;
  const fields = new Map(form.fields).set("bucket", bucket);
  const { filename } = form;
  const given = fields.get("key");
  const key = filename === undefined ? given : given?.replaceAll("${filename}", filename);
  if (key === undefined || key === "") {
    throw invalidArgument(
      "key",
      "",
      "Bucket POST must contain a field named 'key'.  If it is specified, please check the order of the fields.",
    );
  }
  if (file === undefined)
    throw invalidArgument("file", "0", "POST requires exactly one file upload per request.");
  fields.set("key", key);
  const isSigned = checkSigned(form);
  const signer = isSigned ? await signerOf(form.fields) : { principal: anonymous };
  const size = isSigned
    ? checkPostPolicy(form.fields.get("policy") ?? "", fields, shell.clock.nowMs())
    : undefined;
  const input = {
    ...inputOf(fields),
    Bucket: bucket,
    Key: key,
    Body: size === undefined ? file : limited(file, size),
  };
  const output = await shell.run({ name: "s3.PostObject", http: request, ...signer }, (call) =>
    putObjectAs(call, input as never, "s3:ObjectCreated:Post"),
  );
  return answer(request, bucket, key, fields, output as Written);
}

/** Whether the form has a policy; then it must say who signed it, in one of the two ways. */
function checkSigned({ fields }: Form): boolean {
  const policy = fields.get("policy");
  if (policy === undefined) return false;
  const credential = fields.get("x-amz-credential")?.split("/")[0];
  const keyId = credential ?? fields.get("awsaccesskeyid");
  const signature = fields.get("x-amz-signature") ?? fields.get("signature");
  if (keyId === undefined)
    throw invalidArgument(
      "AWSAccessKeyId",
      undefined,
      "Bucket POST must contain a field named 'AWSAccessKeyId'.  If it is specified, please check the order of the fields.",
    );
  if (signature === undefined)
    throw invalidArgument(
      "Signature",
      undefined,
      "Bucket POST must contain a field named 'Signature'.  If it is specified, please check the order of the fields.",
    );
  const isWellFormed =
    credential === undefined ? /^[A-Za-z0-9+/]{27}=$/.test(signature) : /^[0-9a-f]{64}$/.test(signature);
  if (isWellFormed) return true;
  throw s3Error(
    "SignatureDoesNotMatch",
    403,
    "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
    {
      AWSAccessKeyId: keyId,
      SignatureProvided: signature,
      StringToSign: policy,
    },
  );
}

const members: Readonly<Record<string, string>> = {
  acl: "ACL",
  "cache-control": "CacheControl",
  "content-type": "ContentType",
  "content-disposition": "ContentDisposition",
  "content-encoding": "ContentEncoding",
  "content-language": "ContentLanguage",
  expires: "Expires",
  "x-amz-storage-class": "StorageClass",
  "x-amz-website-redirect-location": "WebsiteRedirectLocation",
  "x-amz-server-side-encryption": "ServerSideEncryption",
  "x-amz-server-side-encryption-aws-kms-key-id": "SSEKMSKeyId",
  "x-amz-server-side-encryption-customer-algorithm": "SSECustomerAlgorithm",
  "x-amz-server-side-encryption-customer-key": "SSECustomerKey",
  "x-amz-server-side-encryption-customer-key-md5": "SSECustomerKeyMD5",
  "x-amz-checksum-algorithm": "ChecksumAlgorithm",
  "content-md5": "ContentMD5",
};

function inputOf(fields: ReadonlyMap<string, string>): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  const metadata: Record<string, string> = {};
  for (const [name, value] of fields) {
    const member = members[name];
    if (member !== undefined) input[member] = value;
    if (name.startsWith("x-amz-meta-")) metadata[name.slice("x-amz-meta-".length)] = value;
  }
  for (const algorithm of algorithms) {
    const value = fields.get(headerOf(algorithm));
    if (value !== undefined) input[`Checksum${algorithm}`] = value;
  }
  if (Object.keys(metadata).length > 0) input["Metadata"] = metadata;
  const tagging = fields.get("tagging") ?? fields.get("x-amz-tagging");
  if (tagging !== undefined) input["Tagging"] = tagsOfXml(tagging);
  return input;
}

/** A form's tags are a small XML document. */
function tagsOfXml(xml: string): string {
  const tags = [...xml.matchAll(/<Tag>\s*<Key>([^<]*)<\/Key>\s*<Value>([^<]*)<\/Value>\s*<\/Tag>/g)];
  if (tags.length === 0 && !/^\s*<Tagging/.test(xml)) throw malformedXml();
  return tags
    .map(
      ([, key = "", value = ""]) =>
        `${encodeURIComponent(unescapeXml(key))}=${encodeURIComponent(unescapeXml(value))}`,
    )
    .join("&");
}

const unescapeXml = (text: string): string =>
  text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&apos;", "'")
    .replaceAll("&amp;", "&");

async function* counted(file: Readable, size: SizeRange): AsyncGenerator<Uint8Array> {
  let sizeBytes = 0;
  for await (const chunk of file as AsyncIterable<Uint8Array>) {
    sizeBytes += chunk.length;
    if (sizeBytes > size.max) {
      throw s3Error("EntityTooLarge", 400, "Your proposed upload exceeds the maximum allowed size", {
        ProposedSize: sizeBytes,
        MaxSizeAllowed: size.max,
      });
    }
    yield chunk;
  }
  if (sizeBytes < size.min) {
    throw s3Error("EntityTooSmall", 400, "Your proposed upload is smaller than the minimum allowed size", {
      ProposedSize: sizeBytes,
      MinSizeAllowed: size.min,
    });
  }
}

const limited = (file: Readable, size: SizeRange): Readable =>
  Readable.from(counted(file, size), { objectMode: false });

interface Written extends ChecksumMembers {
  readonly ETag?: string;
  readonly VersionId?: string;
  readonly ChecksumType?: string;
}

const escapeXml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

function answer(
  request: HttpRequest,
  bucket: string,
  key: string,
  fields: ReadonlyMap<string, string>,
  output: Written,
): HttpResponse {
  const etag = output.ETag ?? "";
  const isInHost = (request.headers["host"] ?? "").startsWith(`${bucket}.`);
  const location = `${request.origin}/${isInHost ? "" : `${bucket}/`}${encodeURIComponent(key)}`;
  const headers = {
    ...Object.fromEntries(givenChecksums(output).map(([algorithm, value]) => [headerOf(algorithm), value])),
    "x-amz-checksum-type": output.ChecksumType ?? "FULL_OBJECT",
    "x-amz-server-side-encryption": "AES256",
    etag,
    location,
    ...(output.VersionId === undefined ? {} : { "x-amz-version-id": output.VersionId }),
  };
  const redirect = fields.get("success_action_redirect") ?? fields.get("redirect");
  if (redirect !== undefined && /^https?:\/\//.test(redirect)) {
    const target = `${redirect}${redirect.includes("?") ? "&" : "?"}bucket=${bucket}&key=${encodeURIComponent(key)}&etag=${encodeURIComponent(etag)}`;
    return { status: 303, headers: { ...headers, location: target }, body: "" };
  }
  const status = fields.get("success_action_status");
  if (status === "201") {
    const body = `<?xml version="1.0" encoding="UTF-8"?>\n<PostResponse><Location>${escapeXml(location)}</Location><Bucket>${bucket}</Bucket><Key>${escapeXml(key)}</Key><ETag>${escapeXml(etag)}</ETag></PostResponse>`;
    return { status: 201, headers: { ...headers, "content-type": "application/xml" }, body };
  }
  return { status: status === "200" ? 200 : 204, headers, body: "" };
}
