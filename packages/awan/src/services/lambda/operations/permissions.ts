/** AddPermission, RemovePermission and GetPolicy, for functions, versions and aliases. */
import type { Call } from "../../../host/call.ts";
import { aliasNotFound, functionNotFound, invalidParameter, notFound, wrongRevision } from "../errors.ts";
import { qualifierExists } from "../function.ts";
import { aliases, functions, latest, policies, versions } from "../keys.ts";
import { functionArn, type FunctionReference, isVersion, parseFunctionName } from "../names.ts";
import { documentOf, statementOf, withoutStatement, withStatement } from "../policy.ts";
import type { In, Out } from "../sdk.ts";

function requirePolicyHolder(call: Call, reference: FunctionReference): string {
  const { name, qualifier } = reference;
  if (!functions.has(call.tx, [name])) throw functionNotFound(functionArn(call, name, qualifier));
  if (qualifier === "$LATEST")
    throw invalidParameter("We currently do not support adding policies for $LATEST.");
  if (qualifier !== undefined && !qualifierExists(call, reference)) {
    const arn = functionArn(call, name, qualifier);
    throw isVersion(qualifier) || qualifier.includes("$") ? functionNotFound(arn) : aliasNotFound(arn);
  }
  return qualifier ?? "";
}

export function addPermission(call: Call, input: In<"AddPermission">): Out<"AddPermission"> {
  const reference = parseFunctionName(call, input.FunctionName, input.Qualifier);
  const holder = requirePolicyHolder(call, reference);
  const before = policies.get(call.tx, [reference.name, holder]);
  if (!isCurrent(call, reference, holder, input.RevisionId)) {
    throw wrongRevision("GetPolicy");
  }
  const resource = functionArn(call, reference.name, reference.qualifier);
  const statement = statementOf(call, input, resource);
  const row = withStatement(call, before, statement);
  policies.set(call.tx, [reference.name, holder], row);
  renewRevision(call, reference, row.revisionId);
  return { Statement: JSON.stringify(statement) };
}

export function removePermission(call: Call, input: In<"RemovePermission">): void {
  const reference = parseFunctionName(call, input.FunctionName, input.Qualifier);
  if (!functions.has(call.tx, [reference.name])) {
    throw notFound(`No policy found for: ${functionArn(call, reference.name, reference.qualifier)}`);
  }
  const holder = requirePolicyHolder(call, reference);
  const row = withoutStatement(call, policies.get(call.tx, [reference.name, holder]), input.StatementId);
  if (!isCurrent(call, reference, holder, input.RevisionId)) {
    throw wrongRevision("GetPolicy");
  }
  if (row === undefined) policies.delete(call.tx, [reference.name, holder]);
  else policies.set(call.tx, [reference.name, holder], row);
  renewRevision(call, reference, row?.revisionId ?? call.random.uuid());
}

export function getPolicy(call: Call, input: In<"GetPolicy">): Out<"GetPolicy"> {
  const reference = parseFunctionName(call, input.FunctionName, input.Qualifier);
  const row = policies.get(call.tx, [reference.name, reference.qualifier ?? ""]);
  if (row === undefined) throw notFound("The resource you requested does not exist.");
  return { Policy: documentOf(row), RevisionId: row.revisionId };
}

/** Whether a revision is the policy's or that of what it is attached to. */
function isCurrent(
  call: Call,
  reference: FunctionReference,
  holder: string,
  revisionId: string | undefined,
): boolean {
  const own = policies.get(call.tx, [reference.name, holder])?.revisionId;
  return revisionId === undefined || [own, currentRevision(call, reference)].includes(revisionId);
}

/** Of the function, the version or the alias: a change of its policy is a change of it. */
function currentRevision(call: Call, { name, qualifier }: FunctionReference): string | undefined {
  return qualifier === undefined || isVersion(qualifier)
    ? versions.get(call.tx, [name, Number(qualifier ?? latest)])?.revisionId
    : aliases.get(call.tx, [name, qualifier])?.revisionId;
}

function renewRevision(call: Call, { name, qualifier }: FunctionReference, revisionId: string): void {
  if (qualifier === undefined || isVersion(qualifier)) {
    const row = versions.get(call.tx, [name, Number(qualifier ?? latest)]);
    if (row !== undefined) versions.set(call.tx, [name, Number(qualifier ?? latest)], { ...row, revisionId });
    return;
  }
  const row = aliases.get(call.tx, [name, qualifier]);
  if (row !== undefined) aliases.set(call.tx, [name, qualifier], { ...row, revisionId });
}
