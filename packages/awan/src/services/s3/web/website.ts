/** Static website hosting: index and error documents, redirects, HTML errors. Whoever asks is nobody in particular. */
import type { Call, Principal } from "../../../host/call.ts";
import type { HttpRequest, HttpResponse } from "../../../host/http.ts";
import { type Answer, Perform, type Shell } from "../../../host/service.ts";
import { AwsError } from "../../../kernel/errors.ts";
import { type Bucket, findBucket, readConfig } from "../bucket.ts";
import { getObject } from "../operations/get-object.ts";
import type { SystemMetadata } from "../keys.ts";
import { type Piece, piecesOf, streamOf } from "../read.ts";
import { currentObject } from "../versions.ts";
import { redirectionOf, type WebsiteConfig } from "./website-rules.ts";

const anonymous: Principal = { kind: "anonymous", arn: "*", accountId: "anonymous" };

interface Page {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string | { readonly pieces: readonly Piece[] };
}

const reasons: Readonly<Record<number, string>> = {
  301: "Moved Permanently",
  302: "Found",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
};

export async function serveWebsite(
  shell: Shell,
  request: HttpRequest,
  bucket: string,
): Promise<HttpResponse> {
  const page = await shell.run({ name: "s3.GetObject", principal: anonymous }, (call): Answer<Page> =>
    new Visit(call, request, bucket).page(),
  );
  const { status, headers, body } = page;
  return { status, headers, body: typeof body === "string" ? body : streamOf(shell.blobs, body.pieces) };
}

class Visit {
  readonly #call: Call;
  readonly #request: HttpRequest;
  readonly #bucketName: string;

  constructor(call: Call, request: HttpRequest, bucket: string) {
    this.#call = call;
    this.#request = request;
    this.#bucketName = bucket;
  }

  page(): Page {
    const bucket = findBucket(this.#call, this.#bucketName);
    if (bucket === undefined)
      return this.#error(404, "NoSuchBucket", "The specified bucket does not exist", {
        BucketName: this.#bucketName,
      });
    const config: WebsiteConfig | undefined = readConfig(bucket, "website");
    if (config === undefined) {
      return this.#error(
        404,
        "NoSuchWebsiteConfiguration",
        "The specified bucket does not have a website configuration",
        { BucketName: bucket.name },
      );
    }
    const { method } = this.#request;
    if (method !== "GET" && method !== "HEAD") {
      const text = "The specified method is not allowed against this resource.";
      return this.#error(405, "MethodNotAllowed", text, { Method: method, ResourceType: "OBJECT" });
    }
    const path = this.#request.target.split("?", 1)[0] ?? "/";
    const origin = {
      protocol: new URL(this.#request.origin).protocol.replace(":", ""),
      host: this.#request.headers["host"] ?? "",
    };
    const all = config.RedirectAllRequestsTo;
    if (all !== undefined)
      return redirect(301, `${all.Protocol ?? origin.protocol}://${all.HostName}${path}`);
    const asked = decodePath(path.slice(1));
    const before = redirectionOf(config, asked, undefined, origin);
    if (before !== undefined) return redirect(before.status, before.location);
    const index = config.IndexDocument?.Suffix ?? "index.html";
    const key = asked === "" || asked.endsWith("/") ? asked + index : asked;
    const found = this.#object(bucket, key);
    if (!(found instanceof AwsError)) return found;
    if (key === asked && currentObject(bucket, `${asked}/${index}`) !== undefined)
      return redirect(302, `${path}/`);
    const status = found.status ?? 404;
    const after = redirectionOf(config, asked, status, origin);
    if (after !== undefined) return redirect(after.status, after.location);
    return this.#errorDocument(bucket, config, found, status);
  }

  #errorDocument(bucket: Bucket, config: WebsiteConfig, cause: AwsError, status: number): Page {
    const key = config.ErrorDocument?.Key;
    const document = key === undefined ? undefined : this.#object(bucket, key);
    if (document !== undefined && !(document instanceof AwsError))
      return document.status === 301 ? document : { ...document, status };
    const { $headers: _headers, ...members } = cause.members;
    return this.#error(status, cause.code, cause.message, members, document);
  }

  #object(bucket: Bucket, key: string): Page | AwsError {
    const { "if-none-match": noneMatch, "if-modified-since": since } = this.#request.headers;
    try {
      const input = {
        Bucket: bucket.name,
        Key: key,
        ...(noneMatch === undefined ? {} : { IfNoneMatch: noneMatch }),
        ...(since === undefined ? {} : { IfModifiedSince: new Date(since) }),
      };
      const answer = getObject(this.#call, input);
      const row = currentObject(bucket, key);
      if (row?.system.WebsiteRedirectLocation !== undefined)
        return redirect(301, row.system.WebsiteRedirectLocation);
      const output = answer instanceof Perform ? undefined : (answer as Record<string, unknown>);
      return {
        status: 200,
        headers: {
          "content-type": row?.system.ContentType ?? "binary/octet-stream",
          etag: `"${row?.etag ?? ""}"`,
          "last-modified": new Date(row?.modifiedAtMs ?? 0).toUTCString(),
          "content-length": String(row?.sizeBytes ?? 0),
          "accept-ranges": "bytes",
          ...textHeaders(row?.system ?? {}),
          ...Object.fromEntries(
            Object.entries(row?.metadata ?? {}).map(([name, value]) => [`x-amz-meta-${name}`, value]),
          ),
          ...(output?.["VersionId"] === undefined
            ? {}
            : { "x-amz-version-id": output["VersionId"] as string }),
        },
        body:
          row === undefined || this.#request.method === "HEAD"
            ? ""
            : { pieces: piecesOf(bucket, row.body, { start: 0, end: row.sizeBytes }) },
      };
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      if (error.status === 304)
        return {
          status: 304,
          headers: (error.members["$headers"] ?? {}) as Record<string, string>,
          body: "",
        };
      return error;
    }
  }

  /** S3's own error page. */
  #error(
    status: number,
    code: string,
    message: string,
    members: Readonly<Record<string, unknown>>,
    noDocument?: AwsError,
  ): Page {
    const id = this.#call.requestId;
    const hostId = Buffer.from(`${id}/${id}`).toString("base64");
    const title = `${status} ${reasons[status] ?? "Error"}`;
    const items = [
      ["Code", code],
      ["Message", message],
      ...Object.entries(members),
      ["RequestId", id],
      ["HostId", hostId],
    ];
    const further = noDocument === undefined ? "" : whyNoDocument(noDocument);
    return {
      status,
      headers: {
        "content-type": "text/html; charset=utf-8",
        "x-amz-error-code": code,
        "x-amz-error-message": message,
        "x-amz-request-id": id,
        "x-amz-id-2": hostId,
      },
      body: `<html>\n<head><title>${title}</title></head>\n<body>\n<h1>${title}</h1>\n${listOf(items)}${further}<hr/>\n</body>\n</html>\n`,
    };
  }
}

const listOf = (items: readonly (readonly unknown[])[]): string =>
  `<ul>\n${items.map(([name, value]) => `<li>${String(name)}: ${escapeHtml(String(value))}</li>`).join("\n")}\n</ul>\n`;

function whyNoDocument({ code, message, members }: AwsError): string {
  const { $headers: _headers, ...told } = members;
  const items = [["Code", code], ["Message", message], ...Object.entries(told)];
  return `<h3>An Error Occurred While Attempting to Retrieve a Custom Error Document</h3>\n${listOf(items)}`;
}

const redirect = (status: number, location: string): Page => ({ status, headers: { location }, body: "" });

function textHeaders(system: SystemMetadata): Record<string, string> {
  const names = {
    CacheControl: "cache-control",
    ContentDisposition: "content-disposition",
    ContentEncoding: "content-encoding",
    ContentLanguage: "content-language",
    Expires: "expires",
  } as const;
  const headers: Record<string, string> = {};
  for (const [member, header] of Object.entries(names)) {
    const value = system[member as keyof SystemMetadata];
    if (value !== undefined) headers[header] = value;
  }
  return headers;
}

const escapeHtml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
