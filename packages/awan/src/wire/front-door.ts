/**
 * The life of a request, one readable list of steps: find service and operation, decode and validate by table,
 * authorise, run it in the host, encode. Whatever carried the request (a socket, an SDK client in this process) calls
 * `handle`.
 */
import { Readable } from "node:stream";
import { gunzipSync } from "node:zlib";
import type { HttpRequest } from "../host/http.ts";
import type { Platform } from "../host/platform.ts";
import type { FormSigner, RunRequest } from "../host/service.ts";
import { shellContinuing } from "../host/traced-shell.ts";
import { AwsError, notImplemented } from "../kernel/errors.ts";
import { validateInput } from "../model/validate.ts";
import { type Credential, credentialOf, credentialOfForm } from "./credential.ts";
import type { FormCheck, SignatureCheck } from "./enforce-signatures.ts";
import type { HandledResponse, RequestContext } from "./exchange.ts";
import { findOperation, unknownOperation, type Wanted } from "./find-operation.ts";
import { type Address, addressOf } from "./host-address.ts";
import { type Identity, identify } from "./identity.ts";
import { answeringProtocol, isStreamingInput, protocolNamed } from "./protocols/protocol.ts";
import { parseForm } from "./protocols/query.ts";
import { type RequestUrl, splitUrl } from "./request-url.ts";

/** Services that word their own refusals of sizes, ranges and patterns; Coral's wording would be wrong there. */
const validatesItself: ReadonlySet<string> = new Set([
  "s3",
  "s3-control",
  "sqs",
  "sns",
  "dynamodb",
  "ec2",
  "cloudformation",
]);

/** Bodies larger than this are refused where the service needs them whole. AWS's own limits are lower, but for Lambda code. */
const bodySizeBytesMax = 80 * 1024 * 1024;

export interface FrontDoorOptions {
  readonly platform: Platform;
  /** The service that answers HTTP which is no AWS API call, by the request's address; undefined for API calls. */
  readonly frontOf: (request: HttpRequest, address: Address) => string | undefined;
  /** The service a host name that somebody registered belongs to. */
  readonly frontOfDomain?: (platform: Platform, domainName: string) => Promise<string | undefined>;
  /** Answers paths below `/_awan/`. */
  readonly admin?: (request: HttpRequest, url: RequestUrl) => Promise<HandledResponse>;
  /** Refuses requests that are not signed as they should be, when enforcement is on. */
  readonly checkSignature?: SignatureCheck;
  /** The same for browsers' forms. */
  readonly checkForm?: FormCheck;
}

export class FrontDoor {
  readonly #options: FrontDoorOptions;
  readonly #platform: Platform;

  constructor(options: FrontDoorOptions) {
    this.#options = options;
    this.#platform = options.platform;
  }

  /** Answers any request; a rejection is a defect. */
  readonly handle = async (request: HttpRequest, context?: RequestContext): Promise<HandledResponse> => {
    const url = splitUrl(request.target);
    const address = addressOf(request.headers["host"] ?? "", url.path);
    const front = this.#options.frontOf(request, address);
    if (front !== undefined) return this.#throughFront(front, request);
    if (url.path.startsWith("/_awan/") && this.#options.admin !== undefined)
      return this.#options.admin(request, url);
    if (mayBeCustomDomain(request, address)) {
      const owner = await this.#options.frontOfDomain?.(this.#platform, address.host);
      if (owner !== undefined) return this.#throughFront(owner, request);
    }
    return this.#apiCall(request, url, address, context);
  };

  async #throughFront(name: string, request: HttpRequest): Promise<HandledResponse> {
    const service = await this.#platform.registry.load(name);
    if (service.front === undefined) throw new Error(`${name} has no front`);
    const shell = shellContinuing(this.#platform, request.headers["x-amzn-trace-id"]);
    return service.front(shell, request, this.#signerOf);
  }

  /** Who signed a browser's form. */
  readonly #signerOf: FormSigner = async (fields) => {
    const credential = credentialOfForm(fields);
    const identity = await identify(this.#platform, "s3", credential);
    this.#options.checkForm?.({ credential, identity, policy: fields.get("policy") ?? "" });
    const { accountId, principal } = identity;
    return {
      ...(accountId === undefined ? {} : { accountId }),
      ...(principal === undefined ? {} : { principal }),
    };
  };

  async #apiCall(
    request: HttpRequest,
    url: RequestUrl,
    address: Address,
    context: RequestContext | undefined,
  ): Promise<HandledResponse> {
    const requestId = this.#platform.newRequestId();
    const credential = credentialOf(request.headers, url.query);
    let body = request.body;
    const form = async (): Promise<ReadonlyMap<string, string>> => {
      body = inflated(await collect(body), request.headers);
      const isForm =
        request.headers["content-type"]?.startsWith("application/x-www-form-urlencoded") ?? false;
      const fields = new Map(isForm ? parseForm(Buffer.from(body).toString("utf8")) : []);
      for (const [name, [value = ""]] of url.query) if (!fields.has(name)) fields.set(name, value);
      return fields;
    };
    const lookup = findOperation({
      method: request.method,
      path: url.path,
      query: url.query,
      headers: request.headers,
      signingName: credential?.service,
      hostService: address.service,
      bucket: address.bucket,
      form,
    });
    const found = lookup instanceof Promise ? await lookup.catch(asRefusal) : lookup;
    if (found instanceof AwsError) {
      discard(request);
      return unreadableRequest(requestId, found);
    }
    if (found === undefined) {
      discard(request);
      return unknownRequest(requestId, credential?.service);
    }
    const protocol = answeringProtocol(found.protocol, request.headers["accept"]);
    try {
      const whose = identify(this.#platform, found.model.name, credential);
      const identity = whose instanceof Promise ? await whose : whose;
      this.#options.checkSignature?.({
        request,
        url,
        service: found.model.name,
        operation: found.operationName,
        isAnonymous: found.operation?.isAnonymous ?? false,
        protocol: found.protocol,
        credential,
        identity,
        bucket: address.bucket,
      });
      const run = this.#runRequest(request, address, { credential, identity, requestId, context });
      const answer = this.#answer(request, url, found, body, run);
      const output = answer instanceof Promise ? await answer : answer;
      const encoded = protocol.encode(found.operation!, output, requestId);
      return found.model.name === "s3" ? await this.#withCors(found, request, encoded) : encoded;
    } catch (error) {
      discard(request);
      if (!(error instanceof AwsError)) throw error;
      const answer = protocol.encodeError(found.model, found.operation, error, requestId);
      return this.#withCors(found, request, answer);
    }
  }

  /** S3's answers to a browser carry what the bucket's CORS rules say of its origin. */
  async #withCors(found: Wanted, request: HttpRequest, answer: HandledResponse): Promise<HandledResponse> {
    const { origin, "access-control-request-method": announced } = request.headers;
    const bucket = found.labels["Bucket"];
    if (origin === undefined || found.model.name !== "s3" || bucket === undefined) return answer;
    const asked = { bucket, origin, method: announced ?? request.method, headers: [], preflight: false };
    const headers = (await this.#platform.perform("s3.cors", asked)) as Record<string, string> | undefined;
    return headers === undefined ? answer : { ...answer, headers: { ...answer.headers, ...headers } };
  }

  /** Whole bodies of requests that can be answered at once are; only streams are waited for. */
  #answer(
    request: HttpRequest,
    url: RequestUrl,
    found: Wanted,
    received: Uint8Array | Readable,
    run: Partial<RunRequest>,
  ): Record<string, unknown> | Promise<Record<string, unknown>> {
    const { model, operation, operationName } = found;
    if (operation === undefined) throw unknownOperation(found);
    if (!this.#platform.registry.has(model.name)) throw notImplemented(`${model.name}:${operationName}`);
    const decodeAndInvoke = (body: Uint8Array | Readable): ReturnType<Platform["invokeNow"]> => {
      const input = protocolNamed(found.protocol).decode({
        operation,
        labels: found.labels,
        path: url.path,
        query: url.query,
        headers: request.headers,
        body,
        ...(found.form === undefined ? {} : { form: found.form }),
      });
      if (!validatesItself.has(model.name)) validateInput(operation, input, found.protocol);
      return this.#platform.invokeNow(model.name, operationName, input, run);
    };
    if (isStreamingInput(operation)) return decodeAndInvoke(received);
    if (!(received instanceof Readable)) return decodeAndInvoke(inflated(received, request.headers));
    return collect(received).then((whole) => decodeAndInvoke(inflated(whole, request.headers)));
  }

  #runRequest(request: HttpRequest, address: Address, from: Caller): Partial<RunRequest> {
    const { credential, identity, requestId, context } = from;
    const region = credential?.region ?? address.region;
    const trace = this.#platform.continueTrace(request.headers["x-amzn-trace-id"]);
    return {
      requestId,
      http: request,
      ...(trace === undefined ? {} : { trace }),
      endpoint: address.kind === "endpoint" ? request.origin : this.#platform.endpoint,
      ...(region === undefined ? {} : { region }),
      ...(identity.accountId === undefined ? {} : { accountId: identity.accountId }),
      ...(identity.principal === undefined ? {} : { principal: identity.principal }),
      ...(context === undefined ? {} : { caller: context }),
    };
  }
}

/** A name of its own, and no API call by its looks: those are signed. */
const mayBeCustomDomain = ({ headers }: HttpRequest, { kind, service, host }: Address): boolean =>
  kind === "endpoint" &&
  service === undefined &&
  headers["authorization"] === undefined &&
  headers["x-amz-target"] === undefined &&
  /\.[a-z]{2,}$/.test(host);

interface Caller {
  readonly credential: Credential | undefined;
  readonly identity: Identity;
  readonly requestId: string;
  readonly context: RequestContext | undefined;
}

/** The whole body. */
async function collect(body: Uint8Array | Readable): Promise<Uint8Array> {
  if (!(body instanceof Readable)) return body;
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > bodySizeBytesMax) {
      throw new AwsError("RequestEntityTooLargeException", "Request must be smaller than 83886080 bytes.", {
        status: 413,
      });
    }
    chunks.push(chunk);
  }
  return chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks);
}

/** SDKs compress some large requests (CloudWatch's PutMetricData). */
function inflated(body: Uint8Array, headers: HttpRequest["headers"]): Uint8Array {
  if (body.length === 0 || headers["content-encoding"] !== "gzip") return body;
  try {
    return gunzipSync(body, { maxOutputLength: bodySizeBytesMax });
  } catch {
    throw new AwsError(
      "SerializationException",
      "The body is not what content-encoding: gzip says, or too large.",
    );
  }
}

/** An answer as a value; anything else thrown is a defect and stays thrown. */
function asRefusal(error: unknown): AwsError {
  if (error instanceof AwsError) return error;
  throw error;
}

/** A refusal of a request that cannot be read far enough to know its service. */
function unreadableRequest(requestId: string, error: AwsError): HandledResponse {
  return {
    status: error.status ?? 400,
    headers: { "content-type": "application/json", "x-amzn-requestid": requestId },
    body: JSON.stringify({ __type: error.code, message: error.message }),
  };
}

function discard(request: HttpRequest): void {
  if (request.body instanceof Readable) request.body.resume();
}

function unknownRequest(requestId: string, service: string | undefined): HandledResponse {
  if (service === "sqs") {
    const body = '<UnknownOperationException xmlns="http://queue.amazonaws.com/doc/2012-11-05/"/>';
    return { status: 404, headers: { "content-type": "text/xml", "x-amzn-requestid": requestId }, body };
  }
  return {
    status: 404,
    headers: { "content-type": "application/json", "x-amzn-requestid": requestId },
    body: JSON.stringify({
      __type: "UnknownService",
      message:
        "This request names no AWS service: it has neither a signature, an X-Amz-Target header, an Action nor a known path.",
    }),
  };
}
