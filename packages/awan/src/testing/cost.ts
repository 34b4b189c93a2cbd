/** What the journal would have cost on AWS: requests by published prices. A floor, with the date of the prices. */
import type { Span } from "../host/journal.ts";

/** us-east-1, on demand, without the free tier. https://aws.amazon.com/pricing/ */
export const pricesOf = "2025-06";

const millionth = 1e-6;

/** USD a request. */
const requestPrices: readonly (readonly [pattern: RegExp, usd: number])[] = [
  [/^sqs\./, 0.4 * millionth],
  [/^sns\.Publish/, 0.5 * millionth],
  [/^dynamodb\.(?:Put|Update|Delete)Item$/, 0.625 * millionth],
  [/^dynamodb\.(?:GetItem|Query|Scan)$/, 0.125 * millionth],
  [/^s3\.(?:Put|Copy|Post|List)/, 5 * millionth],
  [/^s3\.Get/, 0.4 * millionth],
  [/^events\.PutEvents$/, 1 * millionth],
  [/^apigatewayv2\.Request$/, 1 * millionth],
  [/^lambda\.invocation$/, 0.2 * millionth],
];

export interface Cost {
  readonly usd: number;
  /** By operation. */
  readonly items: Readonly<Record<string, { readonly count: number; readonly usd: number }>>;
  readonly pricesOf: string;
}

export function costOf(spans: readonly Span[]): Cost {
  const items: Record<string, { count: number; usd: number }> = {};
  let usd = 0;
  for (const { name } of spans) {
    const price = requestPrices.find(([pattern]) => pattern.test(name))?.[1];
    if (price === undefined) continue;
    const item = (items[name] ??= { count: 0, usd: 0 });
    item.count += 1;
    item.usd += price;
    usd += price;
  }
  return { usd, items, pricesOf };
}
