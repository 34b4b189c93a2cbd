/** What a failed test prints: when, with which seed and faults, what led to what, and what the functions said. */
import type { FaultPlan, Naming } from "../host/faults.ts";
import type { Span } from "../host/journal.ts";
import type { Platform } from "../host/platform.ts";
import type { LogRing } from "./log-ring.ts";
import { renderTrace } from "./trace.ts";

const tracesShown = 4;
const logLinesShown = 40;

interface ExplainParts {
  readonly plan: FaultPlan;
  readonly naming: Naming;
  readonly logs: LogRing;
}

const troubled = (spans: readonly Span[]): boolean =>
  spans.some(({ name, error }) => name.startsWith("fault.") || error !== undefined);

/** Functions ran, or something went wrong; looking for a stack that is not there is part of every deployment. */
const isTelling = ({ name, error }: Span): boolean =>
  name === "lambda.invocation" ||
  name.startsWith("fault.") ||
  (error !== undefined && !name.startsWith("cloudformation."));

/** Asks nothing of the platform but what it remembers: it may have been closed. */
export function explain(platform: Platform, { plan, naming, logs }: ExplainParts): string {
  const byTrace = new Map<string, Span[]>();
  for (const span of platform.journal.spans()) {
    const spans = byTrace.get(span.traceId);
    if (spans === undefined) byTrace.set(span.traceId, [span]);
    else spans.push(span);
  }
  const telling = [...byTrace].filter(([, spans]) => spans.some(isTelling));
  const stories = telling.length > 0 ? telling : [...byTrace].slice(-tracesShown);
  const told = [
    ...stories.filter(([, spans]) => troubled(spans)),
    ...stories.filter(([, spans]) => !troubled(spans)),
  ];
  const lines = logs.newest(logLinesShown);
  const parts = [
    `virtual time ${new Date(platform.clock.nowMs()).toISOString()}, seed ${plan.seed}`,
    plan.happened.length === 0
      ? "no faults"
      : `faults:\n${plan.happened.map((fault) => `  ⚡ ${fault}`).join("\n")}`,
    ...told.slice(0, tracesShown).map(([traceId, spans]) => renderTrace(traceId, spans, naming)),
    ...(told.length > tracesShown ? [`… and ${told.length - tracesShown} more traces`] : []),
    ...(lines.length === 0 ? [] : [`logs:\n${lines.map((line) => `  ${line}`).join("\n")}`]),
  ];
  return parts.join("\n\n");
}
