/** A page as Query and Scan answer it. */
import type { ScanOutput } from "@aws-sdk/client-dynamodb";
import { wireItem } from "./answers.ts";
import { consumedCapacity } from "./capacity.ts";
import type { Page } from "./page.ts";
import type { ReadRequest } from "./requests.ts";
import type { TableRow } from "./schema.ts";

export function pageAnswer(table: TableRow, request: ReadRequest, page: Page): ScanOutput {
  const answer: ScanOutput = { Count: page.count, ScannedCount: page.scannedCount };
  if (request.Select !== "COUNT") answer.Items = page.items.map(wireItem);
  if (page.lastKey !== undefined) answer.LastEvaluatedKey = wireItem(page.lastKey);
  const consumed = consumedCapacity(table, page.units, request.ReturnConsumedCapacity);
  if (consumed !== undefined) answer.ConsumedCapacity = consumed;
  return answer;
}
