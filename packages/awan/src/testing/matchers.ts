/**
 * Matchers for Vitest and Jest: `expect.extend(matchers)`. They look at a story (`response.trace`, a response of
 * `app.fetch`) or at everything an application did.
 */
import type { Span } from "../host/journal.ts";
import type { App, TracedResponse } from "./app.ts";
import type { Cost } from "./cost.ts";
import { LiveApp } from "./live-app.ts";
import type { Trace } from "./trace.ts";

export interface MatcherResult {
  readonly pass: boolean;
  message(): string;
}

/** For the declaration of your test framework's matchers: `interface Matchers<T> extends AwanMatchers<T> {}`. */
export interface AwanMatchers<Result = unknown> {
  /** A function, queue, topic or operation was part of it. */
  toHaveVisited(name: string): Result;
  /** A message reached the queue, or an event the function, which did not fail. */
  toHaveDeliveredTo(name: string): Result;
  /** A function or operation failed; with this error, when it is given. */
  toHaveFailedAt(name: string, error?: string): Result;
  /** A cost: `expect(app.cost()).toBeUnder("$0.01")`. */
  toBeUnder(price: string | number): Result;
}

type Story = Trace | TracedResponse | App;

function traceFrom(story: Story): Trace {
  if (story instanceof LiveApp) return story.everything();
  return story instanceof Response ? story.trace : (story as Trace);
}

function result(story: Story, pass: boolean, expected: string): MatcherResult {
  return {
    pass,
    message: () => `expected ${pass ? "it not " : "it "}${expected}:\n${String(traceFrom(story))}`,
  };
}

const isDelivery = ({ name, error }: Span): boolean =>
  name === "sqs.delivered" ||
  name === "sqs.SendMessage" ||
  (name === "lambda.invocation" && error === undefined);

export const matchers = {
  toHaveVisited(story: Story, name: string): MatcherResult {
    return result(story, traceFrom(story).visited().has(name), `to have visited ${name}`);
  },
  toHaveDeliveredTo(story: Story, name: string): MatcherResult {
    const pass = traceFrom(story).spansAt(name).some(isDelivery);
    return result(story, pass, `to have delivered to ${name}`);
  },
  toHaveFailedAt(story: Story, name: string, error?: string): MatcherResult {
    const pass = traceFrom(story)
      .spansAt(name)
      .some((span) => span.error !== undefined && (error === undefined || span.error === error));
    return result(story, pass, `to have failed at ${name}${error === undefined ? "" : ` with ${error}`}`);
  },
  toBeUnder(cost: Cost, price: string | number): MatcherResult {
    const limit = typeof price === "number" ? price : Number(price.replace(/^\$/, ""));
    return {
      pass: cost.usd < limit,
      message: () => `expected a cost under $${limit}, not $${cost.usd}: ${JSON.stringify(cost.items)}`,
    };
  },
} as const;
