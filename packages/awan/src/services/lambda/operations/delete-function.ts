/** DeleteFunction: one version, or the function with everything that belongs to it. */
import type { Call } from "../../../host/call.ts";
import type { TuplePart } from "../../../store/tuple.ts";
import type { Table } from "../../../store/table.ts";
import { releaseCode } from "../code.ts";
import { conflict, functionNotFound, invalidParameter } from "../errors.ts";
import {
  aliases,
  functions,
  invokeConfigs,
  policies,
  provisioned,
  reservations,
  roleSessions,
  urlOwners,
  urls,
  versions,
} from "../keys.ts";
import { globalScope } from "../url.ts";
import { functionArn, isVersion, parseFunctionName } from "../names.ts";
import type { In, Out } from "../sdk.ts";

export function deleteFunction(call: Call, input: In<"DeleteFunction">): Out<"DeleteFunction"> {
  const { name, qualifier } = parseFunctionName(call, input.FunctionName, input.Qualifier);
  if (qualifier === "$LATEST") {
    throw invalidParameter("$LATEST version cannot be deleted without deleting the function.");
  }
  if (!functions.has(call.tx, [name])) throw functionNotFound(functionArn(call, name));
  if (qualifier !== undefined) {
    deleteVersion(call, name, qualifier);
    return { StatusCode: 204 };
  }
  for (const { key, value } of urls.scan(call.tx, [name])) {
    urlOwners.delete(call.in(globalScope).tx, [value.urlId]);
    urls.delete(call.tx, key);
  }
  for (const { value } of versions.scan(call.tx, [name])) releaseCode(call, value.code);
  clear(call, versions, name);
  clear(call, aliases, name);
  clear(call, policies, name);
  clear(call, invokeConfigs, name);
  clear(call, provisioned, name);
  functions.delete(call.tx, [name]);
  reservations.delete(call.tx, [name]);
  for (const { key } of roleSessions.scan(call.tx, [name])) roleSessions.delete(call.tx, key);
  call.dispatch({ effect: "lambda.retire", request: { functionArn: functionArn(call, name) } });
  call.note("lambda.delete", { function: name });
  return { StatusCode: 204 };
}

function clear<Key extends readonly TuplePart[], Value>(
  call: Call,
  table: Table<Key, Value>,
  name: string,
): void {
  for (const { key } of table.scan(call.tx, [name])) table.delete(call.tx, key);
}

function deleteVersion(call: Call, name: string, qualifier: string): void {
  if (!isVersion(qualifier)) {
    throw invalidParameter("Deletion of aliases is not currently supported.");
  }
  const users = [...aliases.scan(call.tx, [name])].filter(
    ({ value }) => value.version === qualifier || Object.hasOwn(value.weights, qualifier),
  );
  if (users.length > 0) {
    const names = users.map(({ key }) => key[1]).join(", ");
    throw conflict(`Version ${qualifier} is referenced by alias ${names}.`);
  }
  const row = versions.get(call.tx, [name, Number(qualifier)]);
  if (row !== undefined) releaseCode(call, row.code);
  versions.delete(call.tx, [name, Number(qualifier)]);
  invokeConfigs.delete(call.tx, [name, qualifier]);
  policies.delete(call.tx, [name, qualifier]);
  provisioned.delete(call.tx, [name, qualifier]);
}
