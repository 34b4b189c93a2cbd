/** The order connectors ask for: who waits for their policies, and who named the connector in `DependsOn`. */
import { isDict } from "../../template/value.ts";
import { logicalIdIn } from "../intrinsics.ts";
import type { Sam } from "../sam.ts";

const listOf = (value: unknown): unknown[] =>
  value === undefined ? [] : Array.isArray(value) ? [...value] : [value];

const withMissing = (list: readonly unknown[], more: readonly unknown[]): unknown[] => [
  ...list,
  ...more.filter((each) => !list.includes(each)),
];

export function dependOn(sam: Sam, id: string, dependency: string): void {
  const resource = Object.hasOwn(sam.made, id) ? sam.made[id] : undefined;
  if (resource !== undefined)
    resource["DependsOn"] = withMissing(listOf(resource["DependsOn"]), [dependency]);
}

/** Who waited for the connector waits for what it became. */
export function replaceDependency(sam: Sam, id: string, replacements: readonly string[]): void {
  for (const resource of Object.values(sam.made)) {
    const list = listOf(resource["DependsOn"]);
    if (!list.includes(id)) continue;
    list.splice(list.indexOf(id), 1);
    resource["DependsOn"] = withMissing(list, replacements);
  }
}

export function eventSourceMappings(
  sam: Sam,
  { sourceId, functionId }: { sourceId: string; functionId: string },
): string[] {
  return Object.entries(sam.made).flatMap(([id, resource]) => {
    if (resource["Type"] !== "AWS::Lambda::EventSourceMapping") return [];
    const properties = isDict(resource["Properties"]) ? resource["Properties"] : {};
    const isSame =
      logicalIdIn(properties["FunctionName"]) === functionId &&
      logicalIdIn(properties["EventSourceArn"]) === sourceId;
    return isSame ? [id] : [];
  });
}
