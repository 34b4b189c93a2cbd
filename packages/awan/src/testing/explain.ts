/** What a failed test prints: when, with which seed and faults, what led to what, and what the functions said. */
import type { FaultPlan, Naming } from "../host/faults.ts";
import type { Span } from "../host/journal.ts";
import type { Platform } from "../host/platform.ts";
import { recentLogLines } from "./inspect.ts";
import { renderTrace } from "./trace.ts";

const tracesShown = 4;
const logLinesShown = 40;

const troubled = (spans: readonly Span[]): boolean =>
  spans.some(({ name, error }) => name.startsWith("fault.") || error !== undefined);

export async function explain(platform: Platform, plan: FaultPlan, naming: Naming): Promise<string> {
  const byTrace = new Map<string, Span[]>();
  for (const span of platform.journal.spans()) {
    const spans = byTrace.get(span.traceId);
    if (spans === undefined) byTrace.set(span.traceId, [span]);
    else spans.push(span);
  }
  const stories = [...byTrace].filter(([, spans]) =>
    spans.some(({ name }) => name === "lambda.invocation" || name.startsWith("fault.")),
  );
  const told = [
    ...stories.filter(([, spans]) => troubled(spans)),
    ...stories.filter(([, spans]) => !troubled(spans)),
  ];
  const logs = await recentLogLines(platform, logLinesShown);
  const parts = [
    `virtual time ${new Date(platform.clock.nowMs()).toISOString()}, seed ${plan.seed}`,
    plan.happened.length === 0
      ? "no faults"
      : `faults:\n${plan.happened.map((fault) => `  ⚡ ${fault}`).join("\n")}`,
    ...told.slice(0, tracesShown).map(([traceId, spans]) => renderTrace(traceId, spans, naming)),
    ...(told.length > tracesShown ? [`… and ${told.length - tracesShown} more traces`] : []),
    ...(logs.length === 0 ? [] : [`logs:\n${logs.map((line) => `  ${line}`).join("\n")}`]),
  ];
  return parts.join("\n\n");
}
