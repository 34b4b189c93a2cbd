/** Resource policies: who may invoke a function, and what AddPermission's parameters become in a statement. */
import type { Call } from "../../host/call.ts";
import { conflict, invalidParameter, notFound } from "./errors.ts";
import type { PolicyRow, Statement } from "./keys.ts";

export interface PermissionInput {
  readonly StatementId: string;
  readonly Action: string;
  readonly Principal: string;
  readonly SourceArn?: string | undefined;
  readonly SourceAccount?: string | undefined;
  readonly PrincipalOrgID?: string | undefined;
  readonly EventSourceToken?: string | undefined;
  readonly FunctionUrlAuthType?: string | undefined;
  readonly InvokedViaFunctionUrl?: boolean | undefined;
}

export function statementOf(call: Call, input: PermissionInput, resource: string): Statement {
  const condition: Record<string, Record<string, string>> = {};
  const add = (operator: string, key: string, value: string | undefined): void => {
    if (value !== undefined) condition[operator] = { ...condition[operator], [key]: value };
  };
  add("StringEquals", "lambda:FunctionUrlAuthType", input.FunctionUrlAuthType);
  add("StringEquals", "lambda:EventSourceToken", input.EventSourceToken);
  add("StringEquals", "AWS:SourceAccount", input.SourceAccount);
  add("StringEquals", "aws:PrincipalOrgID", input.PrincipalOrgID);
  add(
    "Bool",
    "lambda:InvokedViaFunctionUrl",
    input.InvokedViaFunctionUrl === undefined ? undefined : String(input.InvokedViaFunctionUrl),
  );
  add("ArnLike", "AWS:SourceArn", input.SourceArn);
  return {
    Sid: input.StatementId,
    Effect: "Allow",
    Principal: principalOf(call, input.Principal),
    Action: input.Action,
    Resource: resource,
    ...(Object.keys(condition).length === 0 ? {} : { Condition: condition }),
  };
}

function principalOf(call: Call, principal: string): Statement["Principal"] {
  if (principal === "*") return "*";
  if (/^\d{12}$/.test(principal)) return { AWS: `arn:${call.partition}:iam::${principal}:root` };
  if (principal.startsWith("arn:")) return { AWS: principal };
  if (/^[a-z0-9.-]+\.(?:amazonaws\.com(?:\.cn)?|amazon\.com|alexa\.com)$/.test(principal)) {
    return { Service: principal };
  }
  throw invalidParameter("The provided principal was invalid. Please check the principal and try again.");
}

export function withStatement(call: Call, row: PolicyRow | undefined, statement: Statement): PolicyRow {
  const statements = row?.statements ?? [];
  if (statements.some(({ Sid }) => Sid === statement.Sid)) {
    throw conflict(
      `The statement id (${statement.Sid}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
    );
  }
  return { statements: [...statements, statement], revisionId: call.random.uuid() };
}

/** The policy without a statement; undefined when that was the last. */
export function withoutStatement(
  call: Call,
  row: PolicyRow | undefined,
  statementId: string,
): PolicyRow | undefined {
  if (row === undefined) throw notFound("No policy is associated with the given resource.");
  const statements = row.statements.filter(({ Sid }) => Sid !== statementId);
  if (statements.length === row.statements.length) {
    throw notFound(`Statement ${statementId} is not found in resource policy.`);
  }
  return statements.length === 0 ? undefined : { statements, revisionId: call.random.uuid() };
}

export const documentOf = (row: PolicyRow): string =>
  JSON.stringify({ Version: "2012-10-17", Id: "default", Statement: row.statements });

/** Whether a statement lets a service invoke for a source. */
export function permits(
  row: PolicyRow,
  request: { readonly principal: string; readonly sourceArn: string; readonly sourceAccount?: string },
): boolean {
  return row.statements.some(({ Principal, Action, Condition }) => {
    const named =
      typeof Principal === "string" ? Principal === "*" : Principal["Service"] === request.principal;
    if (!named || !["lambda:InvokeFunction", "lambda:*", "*"].includes(Action)) return false;
    const arn = Condition?.["ArnLike"]?.["AWS:SourceArn"];
    const account = Condition?.["StringEquals"]?.["AWS:SourceAccount"];
    return (
      (arn === undefined || like(arn, request.sourceArn)) &&
      (account === undefined || request.sourceAccount === undefined || account === request.sourceAccount)
    );
  });
}

function like(pattern: string, text: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`).test(text);
}
