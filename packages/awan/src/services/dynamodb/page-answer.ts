/** A page as Query and Scan answer it: rows whole as the JSON they are kept as. */
import type { ScanOutput } from "@aws-sdk/client-dynamodb";
import { project, type Projection } from "../../engines/dynamo-expression/projection.ts";
import { JsonOutput } from "../../kernel/json-output.ts";
import { wireItem } from "./answers.ts";
import { consumedCapacity } from "./capacity.ts";
import { readOutput, textOfItem } from "./item-row.ts";
import type { Page } from "./page.ts";
import type { ReadRequest } from "./requests.ts";
import type { TableRow } from "./schema.ts";

export function pageAnswer(
  table: TableRow,
  request: ReadRequest,
  page: Page,
  projection: Projection | undefined,
): ScanOutput {
  const consumed = consumedCapacity(table, page.units, request.ReturnConsumedCapacity);
  if (projection === undefined && request.Select !== "COUNT") {
    let text = "";
    for (const row of page.rows) text += text === "" ? row.text : `,${row.text}`;
    text = `{"Count":${page.count},"ScannedCount":${page.scannedCount},"Items":[${text}]`;
    if (page.lastKey !== undefined) text += `,"LastEvaluatedKey":${textOfItem(page.lastKey)}`;
    if (consumed !== undefined) text += `,"ConsumedCapacity":${JSON.stringify(consumed)}`;
    const output: object = new JsonOutput(`${text}}`, readOutput);
    return output;
  }
  const answer: ScanOutput = { Count: page.count, ScannedCount: page.scannedCount };
  if (projection !== undefined)
    answer.Items = page.rows.map(({ item }) => wireItem(project(projection, item)));
  if (page.lastKey !== undefined) answer.LastEvaluatedKey = wireItem(page.lastKey);
  if (consumed !== undefined) answer.ConsumedCapacity = consumed;
  return answer;
}
