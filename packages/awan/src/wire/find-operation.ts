/**
 * Which service, protocol and operation a request means. The order decides: a target header beats the signing name
 * (DynamoDB Streams signs as `dynamodb`), then RPC v2 paths, then the query protocol, then REST routes, and S3 last,
 * because its routes match nearly everything.
 */
import { AwsError } from "../kernel/errors.ts";
import { loadModel, type OperationModel, serviceIndex, type ServiceModel } from "../model/service-model.ts";
import type { ProtocolName, ServiceIndexEntry } from "../model/table.ts";
import { RestRouter } from "./router.ts";

export interface Wanted {
  readonly model: ServiceModel;
  readonly protocol: ProtocolName;
  /** Undefined when the service has no operation of that name. */
  readonly operation: OperationModel | undefined;
  readonly operationName: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly form?: ReadonlyMap<string, string>;
}

export interface Clues {
  readonly method: string;
  readonly path: string;
  readonly query: ReadonlyMap<string, readonly string[]>;
  readonly headers: Readonly<Record<string, string>>;
  /** Service of the credential scope, if the request carries one. */
  readonly signingName: string | undefined;
  /** Service named by the host, for unsigned requests. */
  readonly hostService: string | undefined;
  /** Bucket of a virtual host. */
  readonly bucket: string | undefined;
  /** The form of a query-protocol body or query string; asked for only when the request looks like one. */
  readonly form: () => Promise<ReadonlyMap<string, string>>;
}

const byTarget = new Map<string, ServiceIndexEntry>();
const byVersion = new Map<string, ServiceIndexEntry[]>();
const bySigningName = new Map<string, ServiceIndexEntry[]>();
const restRouters = new Map<string, RestRouter>();

function add(map: Map<string, ServiceIndexEntry[]>, key: string, entry: ServiceIndexEntry): void {
  const entries = map.get(key);
  if (entries === undefined) map.set(key, [entry]);
  else entries.push(entry);
}

const speaks = (entry: ServiceIndexEntry, ...names: ProtocolName[]): boolean =>
  names.some((name) => entry.protocols.includes(name));
const isQuery = (entry: ServiceIndexEntry): boolean => speaks(entry, "query", "ec2");
const isRest = (entry: ServiceIndexEntry): boolean => speaks(entry, "restJson", "restXml");

function readIndex(): void {
  if (byTarget.size > 0) return;
  for (const entry of serviceIndex()) {
    if (speaks(entry, "json10", "json11", "rpcv2Cbor", "amzCbor")) byTarget.set(entry.target, entry);
    if (isQuery(entry)) add(byVersion, entry.version, entry);
    for (const name of entry.signing) add(bySigningName, name, entry);
  }
}

/**
 * Finds what the request asks for; undefined when it is no AWS call that any table knows. Only requests of the query
 * protocol have to be waited for: their form is in the body.
 */
export function findOperation(clues: Clues): Wanted | undefined | Promise<Wanted | undefined> {
  readIndex();
  const { headers, query } = clues;
  const target = headers["x-amz-target"];
  if (target !== undefined) return findByTarget(target, headers["content-type"] ?? "");
  if (headers["smithy-protocol"] === "rpc-v2-cbor") return findByRpcPath(clues.path);
  const isForm = headers["content-type"]?.startsWith("application/x-www-form-urlencoded") ?? false;
  if (isForm || query.has("Action")) {
    return clues.form().then((form) => findByForm(clues, form) ?? findByRoute(clues));
  }
  return findByRoute(clues);
}

function findByTarget(target: string, contentType: string): Wanted | undefined {
  const dot = target.lastIndexOf(".");
  const entry = byTarget.get(target.slice(0, dot));
  if (entry === undefined) return undefined;
  const protocol = contentType.startsWith("application/x-amz-cbor-1.1")
    ? "amzCbor"
    : contentType.includes("x-amz-json-1.1")
      ? "json11"
      : contentType.includes("x-amz-json-1.0")
        ? "json10"
        : (entry.protocols.find((name) => name.startsWith("json")) ?? "json11");
  return wanted(entry, protocol, target.slice(dot + 1));
}

const rpcPath = /\/service\/([^/]+)\/operation\/([^/]+)$/;

function findByRpcPath(path: string): Wanted | undefined {
  const [, service = "", operation = ""] = rpcPath.exec(path) ?? [];
  const entry = byTarget.get(service.slice(service.lastIndexOf(".") + 1));
  return entry === undefined ? undefined : wanted(entry, "rpcv2Cbor", operation);
}

function findByForm(clues: Clues, form: ReadonlyMap<string, string>): Wanted | undefined {
  const action = form.get("Action");
  if (action === undefined) return undefined;
  const version = form.get("Version") ?? "";
  const signed = bySigningName.get(clues.signingName ?? clues.hostService ?? "") ?? [];
  const entry =
    signed.find((each) => each.version === version && isQuery(each)) ??
    signed.find(isQuery) ??
    (clues.signingName === undefined ? (byVersion.get(version)?.[0] ?? byLink(action)) : undefined) ??
    (queuePath.test(clues.path) ? bySigningName.get("sqs")?.[0] : undefined);
  if (entry === undefined) return undefined;
  const found = wanted(entry, entry.protocols.includes("ec2") ? "ec2" : "query", action);
  if (entry.name === "sqs" && clues.path.length > 1 && notOnQueues.has(action)) {
    return { ...found, operation: undefined, form };
  }
  return { ...found, form: withQueueUrl(entry.name, clues, form) };
}

/** The links in SNS's letters carry neither a signature nor a version. */
function byLink(action: string): ServiceIndexEntry | undefined {
  const isLink = action === "ConfirmSubscription" || action === "Unsubscribe";
  return isLink ? bySigningName.get("sns")?.[0] : undefined;
}

/** A queue's own URL says which service it is for, whoever signed or did not. */
const queuePath = /\/\d{12}\/[\w-]+(?:\.fifo)?$/;

/** What a queue's own URL does not answer. */
const notOnQueues: ReadonlySet<string> = new Set(["CreateQueue", "ListQueues"]);

/** The oldest way of calling SQS: `Action=SendMessage` posted to the queue's own URL. */
function withQueueUrl(
  service: string,
  clues: Clues,
  form: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  if (service !== "sqs" || clues.path.length <= 1 || form.has("QueueUrl")) return form;
  return new Map(form).set("QueueUrl", `http://${clues.headers["host"] ?? "localhost"}${clues.path}`);
}

function findByRoute(clues: Clues): Wanted | undefined {
  const name = clues.signingName ?? clues.hostService;
  const candidates = (name === undefined ? serviceIndex() : (bySigningName.get(name) ?? [])).filter(isRest);
  const { method, path, query, headers } = clues;
  if (clues.bucket === undefined) {
    for (const entry of candidates) {
      if (entry.name === "s3") continue;
      const match = routerOf(entry).match(method, path, query, headers);
      if (match !== undefined)
        return { ...wanted(entry, restProtocol(entry), match.operation.name), labels: match.labels };
    }
  }
  const s3 = candidates.find((entry) => entry.name === "s3");
  return s3 === undefined ? undefined : findInS3(s3, clues);
}

function findInS3(entry: ServiceIndexEntry, clues: Clues): Wanted | undefined {
  let { bucket, path } = clues;
  if (bucket === undefined && path.length > 1) {
    const slash = path.indexOf("/", 1);
    bucket = decode(slash < 0 ? path.slice(1) : path.slice(1, slash));
    path = slash < 0 ? "/" : path.slice(slash);
  }
  const options = bucket === undefined ? {} : { bucket };
  const match = routerOf(entry).match(clues.method, path, clues.query, clues.headers, options);
  if (match === undefined) return undefined;
  const labels = bucket === undefined ? match.labels : { ...match.labels, Bucket: bucket };
  return { ...wanted(entry, "restXml", match.operation.name), labels };
}

function routerOf(entry: ServiceIndexEntry): RestRouter {
  let router = restRouters.get(entry.name);
  if (router === undefined) restRouters.set(entry.name, (router = new RestRouter(loadModel(entry.name))));
  return router;
}

const restProtocol = (entry: ServiceIndexEntry): ProtocolName =>
  entry.protocols.includes("restJson") ? "restJson" : "restXml";

function wanted(entry: ServiceIndexEntry, protocol: ProtocolName, operationName: string): Wanted {
  const model = loadModel(entry.name);
  return { model, protocol, operationName, operation: model.operation(operationName), labels: {} };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** What AWS answers to an operation its service does not have, by protocol. */
export function unknownOperation(found: Wanted): AwsError {
  const { operationName, protocol } = found;
  if (operationName === "") return new AwsError("MissingAction", "No action was supplied with this request.");
  if (protocol === "query" || protocol === "ec2") {
    const version = found.form?.get("Version") ?? "";
    return found.model.name === "sqs"
      ? new AwsError("InvalidAction", `The action ${operationName} is not valid for this endpoint.`)
      : new AwsError("InvalidAction", `Could not find operation ${operationName} for version ${version}`);
  }
  return new AwsError(
    "UnknownOperationException",
    `${operationName} is no operation of ${found.model.name}.`,
  );
}
