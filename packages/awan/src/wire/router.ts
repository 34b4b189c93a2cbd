/**
 * Finds a REST request's operation by its service's model: a tree of path segments, literal ones tried first, then the
 * routes of one path by their literal query parameters. One router per service.
 */
import type { OperationModel, ServiceModel } from "../model/service-model.ts";

export interface RouteMatch {
  readonly operation: OperationModel;
  /** Percent-decoded. */
  readonly labels: Record<string, string>;
}

export interface RouteOptions {
  /** S3 only: the bucket the request names. The path is then what follows it. */
  readonly bucket?: string;
}

interface RouteRule {
  readonly operation: OperationModel;
  /** Names of the labels on the way, in order. */
  readonly labels: readonly string[];
  /** Segments after a label that takes several (`/instances/{Name+}/policy`). */
  readonly suffix: readonly string[];
  readonly literals: readonly (readonly [name: string, value: string])[];
  readonly requiredQueries: readonly string[];
  readonly requiredHeaders: readonly string[];
  readonly weight: number;
}

interface PathNode {
  readonly literals: Map<string, PathNode>;
  label: PathNode | undefined;
  /** Routes that end here, and those whose last label takes several segments. */
  readonly rules: RouteRule[];
  readonly greedy: RouteRule[];
}

interface Search {
  readonly segments: readonly string[];
  readonly query: ReadonlyMap<string, readonly string[]>;
  readonly headers: Readonly<Record<string, string>>;
  readonly values: string[];
  /** What fits the path but lacks something that is required, or is not what `x-id` says. */
  fallback: RouteMatch | undefined;
}

const newNode = (): PathNode => ({ literals: new Map(), label: undefined, rules: [], greedy: [] });

function decodeSegment(text: string): string {
  try {
    return text.includes("%") ? decodeURIComponent(text) : text;
  } catch {
    return text;
  }
}

/** Segments of a path; a final slash counts only where keys may end in one. */
function segmentsOf(path: string, keepsFinalSlash: boolean): string[] {
  const segments = path.split("/").slice(1);
  if (segments.at(-1) === "" && !(keepsFinalSlash && segments.length > 1)) segments.pop();
  return segments;
}

export class RestRouter {
  readonly #model: ServiceModel;
  readonly #isS3: boolean;
  /** By method, for S3 followed by whether there is a bucket. */
  readonly #roots = new Map<string, PathNode>();

  constructor(model: ServiceModel) {
    this.#model = model;
    this.#isS3 = model.name === "s3";
    for (const name of model.operationNames()) {
      const operation = model.operation(name);
      for (const { method, uri } of operation?.routes ?? []) if (operation) this.#add(operation, method, uri);
    }
    for (const root of this.#roots.values()) sortRules(root);
  }

  match(
    method: string,
    path: string,
    query: ReadonlyMap<string, readonly string[]>,
    headers: Readonly<Record<string, string>>,
    options: RouteOptions = {},
  ): RouteMatch | undefined {
    // Buckets have no capitals in their names: a path like `/WriteGetObjectResponse` names no bucket.
    const isBucket = options.bucket !== undefined && this.#model.operation(options.bucket) === undefined;
    const root = this.#roots.get(this.#rootKey(method, isBucket));
    if (!root) return undefined;
    const wholePath = isBucket || options.bucket === undefined ? path : `/${options.bucket}`;
    const segments = segmentsOf(wholePath, this.#isS3);
    const search: Search = { segments, query, headers, values: [], fallback: undefined };
    return this.#descend(root, 0, search) ?? search.fallback;
  }

  #rootKey(method: string, hasBucket: boolean): string {
    return this.#isS3 && hasBucket ? `${method} bucket` : method;
  }

  #add(operation: OperationModel, method: string, uri: string): void {
    const [path = "/", queryText = ""] = uri.split("?");
    const { members } = operation.input;
    const required = members.filter(({ isRequired }) => isRequired);
    const hasBucket = required.some(({ name, traits }) => name === "Bucket" && traits.httpLabel);
    const key = this.#rootKey(method, hasBucket);
    let node = this.#roots.get(key);
    if (!node) this.#roots.set(key, (node = newNode()));
    const labels: string[] = [];
    const suffix: string[] = [];
    let isGreedy = false;
    for (const segment of segmentsOf(path, false)) {
      const label = /^\{([^+}]+)(\+?)\}$/.exec(segment);
      if (isGreedy) suffix.push(segment);
      else if (!label) {
        let next: PathNode | undefined = node.literals.get(segment);
        if (!next) node.literals.set(segment, (next = newNode()));
        node = next;
      } else {
        labels.push(label[1] ?? "");
        if (label[2] === "+") isGreedy = true;
        else node = node.label ??= newNode();
      }
    }
    const literals = queryText
      .split("&")
      .map((part) => part.split("="))
      .map(([name = "", value = ""]) => [name, value] as const)
      .filter(([name]) => name !== "" && name !== "x-id");
    const requiredQueries = required.flatMap(({ traits }) => traits.httpQuery ?? []);
    const requiredHeaders = required.flatMap(({ traits }) => traits.httpHeader?.toLowerCase() ?? []);
    const weight =
      suffix.length * 100 + literals.length * 10 + requiredQueries.length + requiredHeaders.length;
    const rule = { operation, labels, suffix, literals, requiredQueries, requiredHeaders, weight };
    (isGreedy ? node.greedy : node.rules).push(rule);
  }

  #descend(node: PathNode, depth: number, search: Search): RouteMatch | undefined {
    const segment = search.segments[depth];
    if (segment === undefined) return this.#choose(node.rules, search, search.values);
    const literal = node.literals.get(segment);
    const exact = literal && this.#descend(literal, depth + 1, search);
    if (exact) return exact;
    if (node.label && segment !== "") {
      search.values.push(decodeSegment(segment));
      const labelled = this.#descend(node.label, depth + 1, search);
      search.values.pop();
      if (labelled) return labelled;
    }
    if (node.greedy.length === 0) return undefined;
    const rest = search.segments.slice(depth);
    for (const rule of node.greedy) {
      const labelLength = rest.length - rule.suffix.length;
      if (
        labelLength < 1 ||
        rule.suffix.some((literalSegment, index) => rest[labelLength + index] !== literalSegment)
      )
        continue;
      const value = decodeSegment(rest.slice(0, labelLength).join("/"));
      const found = this.#choose([rule], search, [...search.values, value]);
      if (found) return found;
    }
    return undefined;
  }

  #choose(rules: readonly RouteRule[], search: Search, values: readonly string[]): RouteMatch | undefined {
    const { query, headers } = search;
    // Only some SDKs send the operation's name: a hint, never a requirement.
    const hint = query.get("x-id")?.[0];
    for (const rule of rules) {
      const { operation, literals, requiredQueries, requiredHeaders } = rule;
      const fits = literals.every(([name, value]) => {
        const given = query.get(name);
        return given !== undefined && (value === "" || given[0] === value);
      });
      if (!fits) continue;
      const isComplete =
        requiredQueries.every((name) => query.has(name)) &&
        requiredHeaders.every((name) => headers[name] !== undefined);
      // S3 tells operations apart by what is required (PutObject, CopyObject, UploadPart).
      if (!isComplete && this.#isS3) continue;
      const isHinted = hint === undefined || hint === operation.name || !this.#model.operation(hint);
      const labels = Object.fromEntries(rule.labels.map((name, index) => [name, values[index] ?? ""]));
      const match = { operation, labels };
      if (isComplete && isHinted) return match;
      search.fallback ??= match;
    }
    return undefined;
  }
}

function sortRules(node: PathNode): void {
  node.rules.sort((left, right) => right.weight - left.weight);
  node.greedy.sort((left, right) => right.weight - left.weight);
  for (const child of node.literals.values()) sortRules(child);
  if (node.label) sortRules(node.label);
}
