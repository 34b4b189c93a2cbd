/** The resource policy of an event bus, statement by statement or whole. */
import type { Call } from "../../../host/call.ts";
import { AwsError } from "../../../kernel/errors.ts";
import { busArn, type Located, requireBus, updateBus } from "../bus.ts";
import { invalidParameter, notFound, validation } from "../errors.ts";
import type { BusRow } from "../keys.ts";
import { limits } from "../limits.ts";
import type { In } from "../sdk.ts";

interface Policy {
  readonly Version: string;
  readonly Statement: readonly { readonly Sid?: string }[];
}

const policyOf = ({ policy }: BusRow): Policy =>
  policy === null ? { Version: "2012-10-17", Statement: [] } : (JSON.parse(policy) as Policy);

function setPolicy(located: Located, policy: Policy): void {
  const text = policy.Statement.length === 0 ? null : JSON.stringify(policy);
  if (text !== null && Buffer.byteLength(text, "utf8") > limits.policyBytesMax) {
    throw new AwsError("PolicyLengthExceededException", "The policy is too long.");
  }
  updateBus(located, { policy: text });
}

function wholePolicy(text: string): Policy {
  let policy: unknown;
  try {
    policy = JSON.parse(text) as unknown;
  } catch {
    throw invalidParameter("Policy");
  }
  const { Statement, Version } = (policy ?? {}) as { Statement?: unknown; Version?: string };
  if (typeof Statement !== "object" || Statement === null) throw invalidParameter("Policy");
  return {
    Version: Version ?? "2012-10-17",
    Statement: (Array.isArray(Statement) ? Statement : [Statement]) as Policy["Statement"],
  };
}

export function putPermission(caller: Call, input: In<"PutPermission">): void {
  const located = requireBus(caller, input.EventBusName);
  if (input.Policy !== undefined) {
    setPolicy(located, wholePolicy(input.Policy));
    return;
  }
  const { Action, Principal, StatementId, Condition } = input;
  if (Action === undefined || Principal === undefined || StatementId === undefined) {
    throw validation("Parameter(s) Action, Principal, StatementId must be specified.");
  }
  const { call, bus } = located;
  const policy = policyOf(bus);
  const statement = {
    Sid: StatementId,
    Effect: "Allow",
    Principal: Principal === "*" ? "*" : { AWS: `arn:${call.partition}:iam::${Principal}:root` },
    Action,
    Resource: busArn(call, bus.name),
    ...(Condition?.Type === undefined || Condition.Key === undefined
      ? {}
      : { Condition: { [Condition.Type]: { [Condition.Key]: Condition.Value } } }),
  };
  const others = policy.Statement.filter(({ Sid }) => Sid !== StatementId);
  setPolicy(located, { Version: policy.Version, Statement: [...others, statement] });
}

export function removePermission(caller: Call, input: In<"RemovePermission">): void {
  const located = requireBus(caller, input.EventBusName);
  if (input.RemoveAllPermissions === true) {
    updateBus(located, { policy: null });
    return;
  }
  const policy = policyOf(located.bus);
  const others = policy.Statement.filter(({ Sid }) => Sid !== input.StatementId);
  if (others.length === policy.Statement.length) {
    throw notFound("Statement with the provided id does not exist.");
  }
  setPolicy(located, { Version: policy.Version, Statement: others });
}
