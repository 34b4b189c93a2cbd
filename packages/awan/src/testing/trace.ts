/** One story: everything a request set in motion, as a tree of spans read off the journal. */
import type { Naming } from "../host/faults.ts";
import type { Journal, Span } from "../host/journal.ts";

/** Spans of the platform's own bookkeeping, which say nothing to a reader. */
const internal = new Set([
  "lambda.resolve",
  "lambda.log",
  "lambda.read-batch",
  "apigatewayv2.Find",
  "lambda.find-url",
  "lambda.resolve-url",
]);

export interface TraceNode {
  readonly span: Span;
  readonly children: readonly TraceNode[];
}

export interface Trace {
  readonly traceId: string;
  spans(): readonly Span[];
  tree(): readonly TraceNode[];
  /** The names of functions, queues and operations it came by. */
  visited(): ReadonlySet<string>;
  /** The spans about a function, queue or operation. */
  spansAt(name: string): readonly Span[];
  toString(): string;
}

/** Without a trace id: everything the journal remembers. */
export function traceOf(journal: Journal, traceId: string | undefined, naming: Naming): Trace {
  const spans = (): readonly Span[] =>
    journal.spans((span) => traceId === undefined || span.traceId === traceId);
  return {
    traceId: traceId ?? "all",
    spans,
    spansAt: (name) => spans().filter((span) => visitedBy([span], naming).has(name)),
    tree: () => treeOf(spans()),
    visited: () => visitedBy(spans(), naming),
    toString: () => renderTrace(traceId ?? "all", spans(), naming),
  };
}

export function visitedBy(spans: readonly Span[], naming: Naming): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { name, attributes = {} } of spans) {
    names.add(name);
    for (const about of ["function", "queue", "topic", "table", "at"]) {
      const value = attributes[about];
      if (typeof value === "string") names.add(value).add(naming.logical(value));
    }
  }
  return names;
}

/** Spans under those that caused them, in order; what its own bookkeeping caused belongs to whoever caused that. */
export function treeOf(all: readonly Span[]): readonly TraceNode[] {
  const parentOf = new Map<string, string>();
  for (const { spanId, parentId, name } of all) {
    if (parentId !== undefined && (internal.has(name) || !parentOf.has(spanId)))
      parentOf.set(spanId, parentId);
  }
  const shown = all.filter(({ name }) => !internal.has(name));
  const ids = new Set(shown.map(({ spanId }) => spanId));
  const children = new Map<string, Span[]>();
  const roots: Span[] = [];
  for (const span of shown) {
    let parent = span.parentId;
    for (let hops = 0; parent !== undefined && !ids.has(parent) && hops < 32; hops += 1)
      parent = parentOf.get(parent);
    if (parent === undefined || parent === span.spanId || !ids.has(parent)) roots.push(span);
    else children.set(parent, [...(children.get(parent) ?? []), span]);
  }
  const node = (span: Span, depth: number): TraceNode => ({
    span,
    children: depth > 64 ? [] : (children.get(span.spanId) ?? []).map((child) => node(child, depth + 1)),
  });
  return roots.map((root) => node(root, 0));
}

export function renderTrace(traceId: string, spans: readonly Span[], naming: Naming): string {
  const startMs = spans.reduce((least, span) => Math.min(least, span.startMs), Number.POSITIVE_INFINITY);
  const lines = [`trace ${traceId}`];
  const render = ({ span, children }: TraceNode, indent: string, isLast: boolean): void => {
    const after = span.startMs - startMs;
    lines.push(
      `${indent}${isLast ? "└─" : "├─"} ${describe(span, naming)}${after > 0 ? `  +${after} ms` : ""}`,
    );
    const inner = `${indent}${isLast ? "   " : "│  "}`;
    children.forEach((child, i) => render(child, inner, i === children.length - 1));
  };
  const tree = treeOf(spans);
  tree.forEach((root, i) => render(root, "", i === tree.length - 1));
  return lines.join("\n");
}

function describe({ name, error, attributes = {} }: Span, naming: Naming): string {
  const failure = error === undefined ? "" : `  ✗ ${error}`;
  if (name === "lambda.invocation") return `λ ${naming.logical(String(attributes["function"]))}${failure}`;
  if (name.startsWith("fault.")) return `⚡ ${String(attributes["fault"])}`;
  const about = Object.entries(attributes)
    .filter(([, value]) => typeof value === "string" || typeof value === "number")
    .map(([key, value]) => `${key}=${naming.logical(String(value))}`);
  return `${name}${about.length === 0 ? "" : ` ${about.join(" ")}`}${failure}`;
}
