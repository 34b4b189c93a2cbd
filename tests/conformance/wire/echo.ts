/**
 * A server with no services behind it: finds and decodes each request with the real wire layer, notes it, and answers
 * what it was told to. As an SDK request handler it needs no socket.
 */
import { Readable } from "node:stream";
import { gunzipSync } from "node:zlib";
import { AwsError } from "../../../packages/awan/src/kernel/errors.ts";
import { findOperation, unknownOperation } from "../../../packages/awan/src/wire/find-operation.ts";
import { AwsChunkedDecoder, isAwsChunked } from "../../../packages/awan/src/wire/protocols/aws-chunked.ts";
import { isStreamingInput, protocolNamed } from "../../../packages/awan/src/wire/protocols/protocol.ts";
import type { Encoded } from "../../../packages/awan/src/wire/protocols/protocol.ts";
import { parseForm } from "../../../packages/awan/src/wire/protocols/query.ts";
import type { Fields } from "./random-values.ts";

export interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly query: ReadonlyMap<string, readonly string[]>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface Seen {
  readonly service: string;
  readonly operation: string;
  readonly protocol: string;
  readonly input: Fields;
}

const credentialScope = /Credential=[^/]+\/\d{8}\/[^/]+\/([^/]+)\/aws4_request/;

async function collect(source: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of source) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Answers with what `answer` returns or throws, given what was understood. */
export async function echo(
  request: WireRequest,
  answer: (seen: Seen) => Fields | Promise<Fields>,
): Promise<Encoded> {
  const { headers } = request;
  const signingName = credentialScope.exec(headers["authorization"] ?? "")?.[1];
  const isGzip = headers["content-encoding"] === "gzip" && request.body.length > 0;
  const body = isGzip ? gunzipSync(request.body) : request.body;
  const found = await findOperation({
    method: request.method,
    path: request.path,
    query: request.query,
    headers,
    signingName,
    hostService: undefined,
    bucket: undefined,
    form: async () => {
      const form = parseForm(body.toString("utf8"));
      for (const [name, [value = ""]] of request.query) if (!form.has(name)) form.set(name, value);
      return form;
    },
  });
  if (!found) return { status: 404, headers: {}, body: '{"__type":"UnknownService"}' };
  const { model, operation, labels, form } = found;
  const protocol = protocolNamed(found.protocol);
  try {
    if (!operation) throw unknownOperation(found);
    const plain = isAwsChunked(headers)
      ? Readable.from([body]).pipe(new AwsChunkedDecoder())
      : Readable.from([body]);
    const input = protocol.decode({
      operation,
      labels,
      path: request.path,
      query: request.query,
      headers,
      body: isStreamingInput(operation) ? plain : body,
      ...(form ? { form } : {}),
    });
    for (const [name, value] of Object.entries(input)) {
      if (value instanceof Readable) input[name] = await collect(value);
    }
    const seen = { service: model.name, operation: operation.name, protocol: found.protocol, input };
    return protocol.encode(operation, await answer(seen), "request-1");
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return protocol.encodeError(model, operation, error, "request-1");
  }
}

interface SdkRequest {
  readonly method: string;
  readonly hostname: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

async function bytesOf(body: unknown): Promise<Buffer> {
  if (body === undefined || body === null) return Buffer.alloc(0);
  if (body instanceof Readable) return collect(body);
  return typeof body === "string" ? Buffer.from(body) : Buffer.from(body as Uint8Array);
}

/** For the `requestHandler` of an SDK client. */
export class EchoHandler {
  answer: (seen: Seen) => Fields = () => ({});

  async handle(request: SdkRequest): Promise<{ response: unknown }> {
    const query = new Map<string, string[]>();
    for (const [name, value] of Object.entries(request.query ?? {})) {
      query.set(
        name,
        value === null ? [""] : Array.isArray(value) ? [...(value as string[])] : [value as string],
      );
    }
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(request.headers)) headers[name.toLowerCase()] = value;
    const { method, path } = request;
    const body = await bytesOf(request.body);
    const encoded = await echo({ method, path, query, headers, body }, (seen) => this.answer(seen));
    const bytes =
      encoded.body instanceof Readable ? encoded.body : Readable.from([await bytesOf(encoded.body)]);
    return { response: { statusCode: encoded.status, headers: encoded.headers, body: bytes } };
  }

  updateHttpClientConfig(): void {}

  httpHandlerConfigs(): object {
    return {};
  }
}
