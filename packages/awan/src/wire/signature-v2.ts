/**
 * S3's old signatures (version 2), because boto3 still presigns URLs with them unless told otherwise. S3 User Guide,
 * "Signing and authenticating REST requests (AWS signature version 2)".
 */
import { createHmac } from "node:crypto";
import type { HttpRequest } from "../host/http.ts";
import type { RequestUrl } from "./request-url.ts";

/** Parameters that are part of the resource that is signed; others are not. */
const signedParameters = new Set(
  (
    "accelerate acl analytics cors defaultObjectAcl delete encryption inventory lifecycle location logging metrics " +
    "notification notificationConfiguration object-lock partNumber policy replication requestPayment " +
    "response-cache-control response-content-disposition response-content-encoding response-content-language " +
    "response-content-type response-expires restore select select-type tagging torrent uploadId uploads versionId " +
    "versioning versions website"
  ).split(" "),
);

export interface VersionTwo {
  readonly request: HttpRequest;
  readonly url: RequestUrl;
  /** Of a virtual host, which the signed resource names. */
  readonly bucket?: string | undefined;
  /** The resource ends with a slash if it is a bucket. */
  readonly isSlashed?: boolean;
}

export function stringToSignTwo({ request, url, bucket, isSlashed = false }: VersionTwo): string {
  const { headers, method } = request;
  const date =
    url.query.get("Expires")?.[0] ?? (headers["x-amz-date"] === undefined ? (headers["date"] ?? "") : "");
  const amz = Object.keys(headers)
    .filter((name) => name.startsWith("x-amz-"))
    .toSorted()
    .map((name) => `${name}:${(headers[name] ?? "").trim().replaceAll(", ", ",")}\n`);
  const signed = [...url.query].filter(([name]) => signedParameters.has(name));
  const parameters = signed
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, [value = ""]]) => (value === "" ? name : `${name}=${value}`));
  const path = isSlashed && /^\/[^/]+$/.test(url.path) ? `${url.path}/` : url.path;
  const resource = `${bucket === undefined ? "" : `/${bucket}`}${path}`;
  const query = parameters.length === 0 ? "" : `?${parameters.join("&")}`;
  const first = [method, headers["content-md5"] ?? "", headers["content-type"] ?? "", date].join("\n");
  return `${first}\n${amz.join("")}${resource}${query}`;
}

export function signTwo(secretAccessKey: string, stringToSign: string): string {
  return createHmac("sha1", secretAccessKey).update(stringToSign).digest("base64");
}
