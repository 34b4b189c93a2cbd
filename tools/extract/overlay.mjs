/**
 * What the SDK's schemas lack, from botocore's models: length, range, pattern and enum constraints, integer types, the
 * errors of each operation, the routes of other SDK generations. Kept apart in the table's `overlay`, by shape name, so
 * that extraction without botocore leaves the committed overlay as it is.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

const numberTypes = new Set(["integer", "long", "float", "double"]);

/** @param {string} directory botocore's data directory @param {string} service its name there */
export function readBotocore(directory, service) {
  const folder = join(directory, service);
  const version = readdirSync(folder).toSorted().at(-1);
  return JSON.parse(gunzipSync(readFileSync(join(folder, version, "service-2.json.gz"))).toString());
}

/** Firehose's endpoints need TLS on AWS; on this machine they need not. */
const endpointUrl = "https://.*";

/** Lambda's patterns as AWS's own answers quote them (recorded 2026): ahead of botocore's. */
const region = String.raw`[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}`;
const layerVersion = String.raw`layer:[a-zA-Z0-9-_]+:[0-9]+`;
const asAnswered = (pattern) => {
  if (pattern === endpointUrl) return "https?://.*";
  return pattern === String.raw`arn:[a-zA-Z0-9-]+:lambda:[a-zA-Z0-9-]+:\d{12}:${layerVersion}`
    ? String.raw`(arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?${region}:\d{12}:${layerVersion})|(arn:[a-zA-Z0-9-]+:lambda:::awslayer:[a-zA-Z0-9-_]+)`
    : pattern
        // Later models have the prefix already.
        .replaceAll(`(eusc-)?${region}`, region)
        .replaceAll(region, `(eusc-)?${region}`)
        .replace(
          "|code-signing-config:csc-[a-z0-9]{17}|event",
          "|layer:([a-zA-Z0-9-_]+)|code-signing-config:csc-[a-z0-9]{17}|event",
        );
};

/** Enumerations whose order in AWS's answers is not the model's. */
const answeredOrders = [
  "Terminate Allow",
  "LATEST AT_TIMESTAMP TRIM_HORIZON",
  "RESPONSE_STREAM BUFFERED",
].map((order) => order.split(" "));
const asOrdered = (values) =>
  answeredOrders.find(
    (order) => order.length === values.length && order.every((value) => values.includes(value)),
  ) ?? values;

/** Collections of whose members Lambda's answers say that they must not be null (recorded 2026). */
const withoutNulls = new Set([
  "ArchitecturesList",
  "CompatibleArchitectures",
  "LayerList",
  "AdditionalVersionWeights",
]);
/** What Lambda's answers state otherwise than the model has it. */
const answered = {
  LayerVersionArn: { max: 2048 },
  SubnetId: { min: 0, max: 1024, pattern: "subnet-[0-9a-z]*" },
  SecurityGroupId: { min: 0, max: 1024, pattern: "sg-[0-9a-zA-Z]*" },
};

/** Values kept once; `index` gives a value's place. */
class Interned {
  values = [];
  #places = new Map();

  index(value) {
    const key = JSON.stringify(value);
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    this.#places.set(key, this.values.length);
    this.values.push(value);
    return this.values.length - 1;
  }
}

class Overlay {
  #table;
  #botocore;
  #seen = new Set();
  constraints = {};
  limits = new Interned();
  patterns = new Interned();
  enums = new Interned();

  constructor(table, botocore) {
    this.#table = table;
    this.#botocore = botocore;
  }

  /** The constraint a botocore shape states, as an index into `limits`, or undefined. */
  #limit(shapeName, isInlined, notNull = false) {
    const stated = this.#botocore.shapes[shapeName];
    const shape = this.#table.name === "lambda" ? { ...stated, ...answered[shapeName] } : stated;
    const limit = {};
    if (shape.min !== undefined) limit.min = shape.min;
    if (shape.max !== undefined && shape.max < Number.MAX_SAFE_INTEGER) limit.max = shape.max;
    if (shape.pattern) limit.pattern = this.patterns.index(asAnswered(shape.pattern));
    if (shape.enum) limit.enum = this.enums.index(asOrdered(shape.enum));
    if (numberTypes.has(shape.type)) limit.type = shape.type;
    if (notNull) limit.notNull = true;
    if (isInlined) {
      // Unnamed lists and maps of simple values: their items' constraints travel with the reference.
      const isWhole = withoutNulls.has(shapeName);
      if (shape.member) limit.item = this.#limit(shape.member.shape, true, isWhole);
      if (shape.key) limit.key = this.#limit(shape.key.shape, true);
      if (shape.value) limit.value = this.#limit(shape.value.shape, true, isWhole);
    }
    const kept = Object.entries(limit).filter(([, value]) => value !== undefined);
    return kept.length === 0 ? undefined : this.limits.index(Object.fromEntries(kept));
  }

  #note(shapeName, member, reference, botocoreName) {
    const bare = Array.isArray(reference) ? reference[0] : reference;
    // Lambda checks runtimes itself, in its own words.
    if (member === "Runtime" && botocoreName === "Runtime") return;
    const limit = this.#limit(botocoreName, typeof bare === "number" && bare >= 64);
    if (limit !== undefined) (this.constraints[shapeName] ??= {})[member] = limit;
    this.walk(reference, botocoreName);
  }

  /** Visits everything below a reference together with its botocore counterpart. */
  walk(reference, botocoreName) {
    const bare = Array.isArray(reference) ? reference[0] : reference;
    const botocoreShape = this.#botocore.shapes[botocoreName];
    if (typeof bare !== "number" || bare >= 0 || this.#seen.has(bare) || !botocoreShape) return;
    this.#seen.add(bare);
    const shape = this.#table.shapes[~bare];
    const [kind, name] = shape;
    if (kind === 1) {
      if (botocoreShape.member) this.#note(name, "item", shape[3], botocoreShape.member.shape);
    } else if (kind === 2) {
      if (botocoreShape.key) this.#note(name, "key", shape[3], botocoreShape.key.shape);
      if (botocoreShape.value) this.#note(name, "value", shape[4], botocoreShape.value.shape);
    } else if (kind !== 0) {
      const theirs = botocoreShape.members ?? {};
      const byLowerCase = new Map(Object.keys(theirs).map((key) => [key.toLowerCase(), key]));
      for (const [index, member] of shape[3].entries()) {
        const key = byLowerCase.get(member.toLowerCase());
        if (key !== undefined) this.#note(name, member, shape[4][index], theirs[key].shape);
      }
    }
  }
}

/** A route without what does not tell two routes apart: label names, `x-id`, a trailing slash. */
function normalised(uri) {
  const [path, query = ""] = uri.split("?");
  const literals = query.split("&").filter((part) => part !== "" && !part.startsWith("x-id="));
  return `${path.replace(/\{[^}+]+(\+?)\}/g, "{$1}").replace(/\/$/, "")}?${literals
    .map((part) => part.replace(/=$/, ""))
    .toSorted()
    .join("&")}`;
}

function olderRoute(service, http, theirs) {
  if (!http || !theirs?.requestUri) return undefined;
  const uri =
    service === "s3" ? theirs.requestUri.replace(/^\/\{Bucket\}(?=$|[/?])/, "") || "/" : theirs.requestUri;
  const method = theirs.method ?? "POST";
  const isSame =
    method === http[0] && normalised(uri.startsWith("?") ? `/${uri}` : uri) === normalised(http[1]);
  return isSame ? undefined : [method, uri.startsWith("/") ? uri : `/${uri}`];
}

const botocoreProtocols = { "smithy-rpc-v2-cbor": "rpcv2Cbor", query: "query", ec2: "ec2" };

/** The overlay of a table, given the model botocore has of the same service. */
export function overlayOf(table, botocore) {
  const overlay = new Overlay(table, botocore);
  const errors = {};
  const routes = {};
  const theirOperations = new Map(Object.keys(botocore.operations).map((name) => [name.toLowerCase(), name]));
  for (const [name, [input, , facts]] of Object.entries(table.operations)) {
    const theirs = botocore.operations[theirOperations.get(name.toLowerCase())];
    if (!theirs) continue;
    if (theirs.input) overlay.walk(input, theirs.input.shape);
    const operationErrors = (theirs.errors ?? []).map((error) => error.shape);
    if (operationErrors.length > 0) errors[name] = operationErrors;
    const route = olderRoute(table.name, facts.http, theirs.http);
    if (route) routes[name] = [route];
  }
  const { metadata } = botocore;
  return {
    endpointPrefix: metadata.endpointPrefix,
    protocols: (metadata.protocols ?? []).map((name) => botocoreProtocols[name]).filter(Boolean),
    errors,
    routes,
    constraints: overlay.constraints,
    limits: overlay.limits.values,
    patterns: overlay.patterns.values,
    enums: overlay.enums.values,
  };
}
