/** `FunctionName` of the functions behind each REST API: a renamed function makes a new deployment. */
import { type Dict, isDict } from "../../template/value.ts";
import { apiIdOf } from "../intrinsics.ts";
import { withoutMark } from "../python/byte-string.ts";
import { deepCopy, entriesOf } from "../python/dictionary.ts";
import { given, printed } from "../python/text.ts";
import { resolved, type Sam } from "../sam.ts";

export function functionNamesOf(sam: Sam, type: string, properties: Dict): void {
  if (type !== "AWS::Serverless::Function" || !isDict(properties["Events"])) return;
  for (const [, event] of entriesOf(properties["Events"])) {
    if (!isDict(event) || event["Type"] !== "Api" || !isDict(event["Properties"])) continue;
    const api = event["Properties"]["RestApiId"];
    const apiId = apiIdOf(api);
    if (!given(api) || typeof apiId !== "string") continue;
    const name = resolved(sam, deepCopy(properties["FunctionName"]));
    if (!given(name)) continue;
    const text = typeof name === "string" ? withoutMark(name) : printed(name);
    sam.functionNames.set(apiId, (sam.functionNames.get(apiId) ?? "") + text);
  }
}
