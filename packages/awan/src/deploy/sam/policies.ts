/** `Policies` of a function or state machine: each entry's kind, and the policy documents the transform writes itself. */
import { type Dict, isDict, isIntrinsic } from "../template/value.ts";
import { InvalidTemplate } from "./errors.ts";
import { isIf, isNoValue, join, partsOfIf } from "./intrinsics.ts";
import { given } from "./python/text.ts";

export type PolicyKind = "managed" | "statement" | "template" | "unknown";

export interface Policy {
  readonly data: unknown;
  readonly kind: PolicyKind;
}

/** The entries of `Policies`; templates are known only to who says which names are templates. */
export function policiesOf(policies: unknown, isTemplate: (name: string) => boolean = () => false): Policy[] {
  if (!given(policies)) return [];
  const list: unknown[] = Array.isArray(policies) ? policies : [policies];
  return list.map((data) => ({ data, kind: kindOf(data, isTemplate) }));
}

function kindOf(policy: unknown, isTemplate: (name: string) => boolean): PolicyKind {
  if (typeof policy === "string") return "managed";
  if (isIf(policy)) return kindOfIf(policy, isTemplate);
  if (isIntrinsic(policy)) return "managed";
  if (!isDict(policy)) return "unknown";
  if ("Statement" in policy) return "statement";
  const [name, ...others] = Object.keys(policy);
  return name !== undefined && others.length === 0 && isTemplate(name) ? "template" : "unknown";
}

function kindOfIf(policy: Dict, isTemplate: (name: string) => boolean): PolicyKind {
  const parts = partsOfIf(policy);
  if (typeof parts === "string") throw new InvalidTemplate(parts);
  const [, then, otherwise] = parts;
  const [thenKind, otherwiseKind] = [kindOf(then, isTemplate), kindOf(otherwise, isTemplate)];
  if (thenKind === otherwiseKind || isNoValue(otherwise)) return thenKind;
  if (isNoValue(then)) return otherwiseKind;
  throw new InvalidTemplate(
    "Different policy types within the same Fn::If statement is unsupported. Separate different policy types into different Fn::If statements",
  );
}

export const assumeRolePolicy = (service: string): Dict => ({
  Version: "2012-10-17",
  Statement: [{ Action: ["sts:AssumeRole"], Effect: "Allow", Principal: { Service: [service] } }],
});

/** A policy with one statement that allows one action. */
const allowing = (name: string, action: string, resource: unknown): Dict => ({
  PolicyName: name,
  PolicyDocument: { Statement: [{ Action: action, Effect: "Allow", Resource: resource }] },
});

export const startExecutionPolicy = (id: string, arn: unknown): Dict =>
  allowing(`${id}StartExecutionPolicy`, "states:StartExecution", arn);

export const sendMessagePolicy = (id: string, arn: unknown): Dict =>
  allowing(`${id}SQSPolicy`, "sqs:SendMessage", arn);

export const publishPolicy = (id: string, arn: unknown): Dict =>
  allowing(`${id}SNSPolicy`, "sns:publish", arn);

export const putEventsPolicy = (id: string, arn: unknown): Dict =>
  allowing(`${id}EventBridgePolicy`, "events:PutEvents", arn);

export const invokeFunctionPolicy = (id: string, arn: unknown): Dict =>
  allowing(`${id}LambdaPolicy`, "lambda:InvokeFunction", arn);

export const putObjectPolicy = (id: string, arn: unknown): Dict => ({
  PolicyName: `${id}S3Policy`,
  PolicyDocument: {
    Statement: [
      { Action: "s3:PutObject", Effect: "Allow", Resource: join("/", [arn, "*"]) },
      { Action: "s3:ListBucket", Effect: "Allow", Resource: arn },
    ],
  },
});

export const deadLetterPolicy = (action: string, arn: unknown): Dict => ({
  PolicyName: "DeadLetterQueuePolicy",
  PolicyDocument: { Version: "2012-10-17", Statement: [{ Action: action, Resource: arn, Effect: "Allow" }] },
});

/** A queue's policy that lets a topic or rule send to it. */
export const senderPolicy = (principal: unknown, source: unknown, queueArn: unknown): Dict => ({
  Version: "2012-10-17",
  Statement: [
    {
      Action: "sqs:SendMessage",
      Effect: "Allow",
      Principal: principal,
      Resource: queueArn,
      Condition: { ArnEquals: { "aws:SourceArn": source } },
    },
  ],
});
