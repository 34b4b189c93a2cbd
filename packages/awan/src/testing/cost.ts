/** Units used, and what they would have cost on AWS. */
import { ignored, type PriceName, prices, pricesOf } from "./prices.ts";
import type { Usage } from "./usage.ts";

export interface Cost {
  readonly usd: number;
  /** By what is charged: `sqs.requests`, `lambda.duration.x86_64`. */
  readonly items: Readonly<Partial<Record<PriceName, CostItem>>>;
  /** Services that were used and whose prices are not known here. */
  readonly unpriced: readonly string[];
  /** What a bill has besides. */
  readonly ignored: readonly string[];
  /** When the prices were looked up. */
  readonly pricesOf: string;
}

export interface CostItem {
  readonly units: number;
  readonly unit: string;
  readonly usd: number;
}

/** Of one story, or of everything. */
export interface Used {
  readonly usage: Usage;
  readonly unpriced: ReadonlySet<string>;
}

export function costOf({ usage, unpriced }: Used): Cost {
  const items: Partial<Record<PriceName, CostItem>> = {};
  let usd = 0;
  for (const [name, units] of Object.entries(usage) as [PriceName, number][]) {
    const price = prices[name];
    items[name] = { units, unit: price.unit, usd: units * price.usd };
    usd += units * price.usd;
  }
  return { usd, items, unpriced: [...unpriced].toSorted(), ignored, pricesOf };
}
