/** The policy simulator: what the policies of an identity, or given ones, would decide (`engines/iam-policy`). */
import type { EvaluationResult, ContextEntry } from "@aws-sdk/client-iam";
import { parsePolicy, type Policy } from "../../../engines/iam-policy/document.ts";
import { type Caller, decide, type Policies } from "../../../engines/iam-policy/evaluate.ts";
import type { Call } from "../../../host/call.ts";
import { notImplemented } from "../../../kernel/errors.ts";
import type { Input, Output } from "../client.ts";
import { globally } from "../entity.ts";
import { invalidInput } from "../errors.ts";
import { checkIdentityExists, findRole, findUser, type Identity, isAwsManaged } from "../identity.ts";
import { attachments, inlinePolicies, membershipsByUser, policies, policyVersions } from "../keys.ts";
import { type Span, statementSpans } from "../statement-positions.ts";

interface Source {
  readonly id: string;
  readonly policy: Policy;
  readonly spans: readonly Span[];
}

const sourceOf = (id: string, document: string): Source => ({
  id,
  policy: parsePolicy(document),
  spans: statementSpans(document),
});

function managed(call: Call, policyArn: string): Source {
  const row = policies.get(call.tx, [policyArn]);
  const version =
    row === undefined ? undefined : policyVersions.get(call.tx, [policyArn, row.defaultVersion]);
  if (row === undefined || version === undefined)
    throw notImplemented(`simulation with ${policyArn}: its document is not known`);
  return sourceOf(row.name, version.document);
}

function sourcesOf(call: Call, { kind, name }: Identity): Source[] {
  const found: Source[] = [];
  for (const { key, value } of inlinePolicies.scan(call.tx, [kind, name])) {
    found.push(sourceOf(`${kind}_${name}_${key[2]}`, value));
  }
  for (const { key } of attachments.scan(call.tx, [kind, name])) found.push(managed(call, key[2]));
  if (kind !== "user") return found;
  for (const { key } of membershipsByUser.scan(call.tx, [name])) {
    found.push(...sourcesOf(call, { kind: "group", name: key[1] }));
  }
  return found;
}

function identityOf(call: Call, arn: string): Identity {
  const [, kind, path] = /^arn:[^:]+:iam::\d{12}:(user|role|group)\/(.+)$/.exec(arn) ?? [];
  if (kind === undefined || path === undefined)
    throw invalidInput(`Invalid Entity Arn: ${arn} does not clearly define entity type and name.`);
  const identity = { kind: kind as Identity["kind"], name: path.slice(path.lastIndexOf("/") + 1) };
  checkIdentityExists(call, identity);
  return identity;
}

interface Simulation {
  readonly caller: Caller;
  readonly sources: readonly Source[];
  readonly boundary: Policy | undefined;
  readonly resourcePolicy: string | undefined;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly context: Readonly<Record<string, readonly string[]>>;
}

const decisions = {
  allow: "allowed",
  "explicit-deny": "explicitDeny",
  "implicit-deny": "implicitDeny",
} as const;

function simulate(simulation: Simulation): EvaluationResult[] {
  const given: Policies = {
    identity: simulation.sources.map(({ policy }) => policy),
    ...(simulation.boundary === undefined ? {} : { boundary: simulation.boundary }),
    ...(simulation.resourcePolicy === undefined ? {} : { resource: parsePolicy(simulation.resourcePolicy) }),
  };
  const { caller, context } = simulation;
  return simulation.actions.flatMap((action) =>
    simulation.resources.map((resource): EvaluationResult => {
      const { effect, statement } = decide({ caller, action, resource, context }, given);
      const MatchedStatements = simulation.sources.flatMap(({ id, policy, spans }) => {
        const index = statement === undefined ? -1 : policy.statements.indexOf(statement);
        return index === -1
          ? []
          : [{ SourcePolicyId: id, SourcePolicyType: "IAM Policy" as never, ...spans[index] }];
      });
      const decision = decisions[effect];
      return {
        EvalActionName: action,
        EvalResourceName: resource,
        EvalDecision: decision,
        MatchedStatements,
        MissingContextValues: [],
        OrganizationsDecisionDetail: { AllowedByOrganizations: true },
        EvalDecisionDetails: {},
        ResourceSpecificResults:
          resource === "*"
            ? []
            : [
                {
                  EvalResourceName: resource,
                  EvalResourceDecision: decision,
                  MatchedStatements,
                  MissingContextValues: [],
                },
              ],
      };
    }),
  );
}

const contextOf = (entries: readonly ContextEntry[] | undefined): Record<string, readonly string[]> =>
  Object.fromEntries(
    (entries ?? []).map(({ ContextKeyName, ContextKeyValues }) => [
      (ContextKeyName ?? "").toLowerCase(),
      ContextKeyValues ?? [],
    ]),
  );

export function simulatePrincipalPolicy(
  original: Call,
  input: Input<"SimulatePrincipalPolicy">,
): Output<"SimulatePrincipalPolicy"> {
  const call = globally(original);
  const identity = identityOf(call, input.PolicySourceArn);
  const boundaryArn =
    identity.kind === "role"
      ? findRole(call, identity.name).boundaryArn
      : identity.kind === "user"
        ? findUser(call, identity.name).boundaryArn
        : null;
  if (boundaryArn !== null && isAwsManaged(boundaryArn))
    throw notImplemented(`simulation with the boundary ${boundaryArn}`);
  const extra = (input.PolicyInputList ?? []).map((document, index) =>
    sourceOf(`PolicyInputList.${index + 1}`, document),
  );
  const boundaryText = input.PermissionsBoundaryPolicyInputList?.[0];
  const results = simulate({
    caller: {
      kind: identity.kind === "role" ? "role" : "user",
      arn: input.CallerArn ?? input.PolicySourceArn,
      accountId: call.accountId,
    },
    sources: [...sourcesOf(call, identity), ...extra],
    boundary:
      boundaryText !== undefined
        ? parsePolicy(boundaryText)
        : boundaryArn === null
          ? undefined
          : managed(call, boundaryArn).policy,
    resourcePolicy: input.ResourcePolicy,
    actions: input.ActionNames,
    resources: input.ResourceArns ?? ["*"],
    context: contextOf(input.ContextEntries),
  });
  return { EvaluationResults: results, IsTruncated: false };
}

export function simulateCustomPolicy(
  call: Call,
  input: Input<"SimulateCustomPolicy">,
): Output<"SimulateCustomPolicy"> {
  const boundaryText = input.PermissionsBoundaryPolicyInputList?.[0];
  const results = simulate({
    caller: { kind: "user", arn: input.CallerArn ?? call.principal.arn, accountId: call.accountId },
    sources: input.PolicyInputList.map((document, index) =>
      sourceOf(`PolicyInputList.${index + 1}`, document),
    ),
    boundary: boundaryText === undefined ? undefined : parsePolicy(boundaryText),
    resourcePolicy: input.ResourcePolicy,
    actions: input.ActionNames,
    resources: input.ResourceArns ?? ["*"],
    context: contextOf(input.ContextEntries),
  });
  return { EvaluationResults: results, IsTruncated: false };
}
