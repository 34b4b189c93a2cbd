/** Stack sets themselves: made, described, changed, deleted. */
import { formatArn } from "../../kernel/arn.ts";
import { AwsError } from "../../kernel/errors.ts";
import type { Call } from "../../host/call.ts";
import { type Answer, Perform } from "../../host/service.ts";
import { validationError } from "../errors.ts";
import type { In, Out } from "../operations/client.ts";
import { page } from "../operations/page.ts";
import { parseTemplate } from "../template/parse.ts";
import { stackInstances, stackSetOperations, type StackSetRow, stackSets } from "./keys.ts";
import { startOperation } from "./start.ts";

interface Source {
  readonly TemplateBody?: string | undefined;
  readonly TemplateURL?: string | undefined;
}

/** Hands the template's text to `use`, from wherever it is; `kept` stands for none given. */
function withTemplate<Output>(
  call: Call,
  input: Source,
  kept: string | undefined,
  use: (call: Call, text: string) => Output,
): Answer<Output> {
  const text = input.TemplateBody ?? (input.TemplateURL === undefined ? kept : undefined);
  if (text !== undefined) {
    parseTemplate(text);
    return use(call, text);
  }
  if (input.TemplateURL === undefined) {
    throw validationError("Either Template URL or Template Body must be specified.");
  }
  return new Perform("cloudformation.read", { url: input.TemplateURL }, (later: Call, read: string) =>
    use(later, read),
  );
}

export function needSet(call: Call, name: string | undefined): StackSetRow {
  const bare = (name ?? "").split(":")[0] ?? "";
  const row = stackSets.get(call.tx, [
    name?.startsWith("arn:") === true ? ((name.split("/")[1] ?? "").split(":")[0] ?? "") : bare,
  ]);
  if (row === undefined) throw new AwsError("StackSetNotFoundException", `StackSet ${name} not found`);
  return row;
}

type TagInput = readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[];
type ParameterInput = readonly {
  readonly ParameterKey?: string | undefined;
  readonly ParameterValue?: string | undefined;
  readonly UsePreviousValue?: boolean | undefined;
}[];

const tagsOf = (tags: TagInput): Record<string, string> =>
  Object.fromEntries(tags.map(({ Key, Value }) => [Key ?? "", Value ?? ""]));

export const parametersOf = (
  given: ParameterInput | undefined,
  previous: Readonly<Record<string, string>> = {},
): Record<string, string> =>
  Object.fromEntries(
    (given ?? []).map(({ ParameterKey: key = "", ParameterValue, UsePreviousValue }) => [
      key,
      UsePreviousValue === true ? (previous[key] ?? "") : (ParameterValue ?? ""),
    ]),
  );

export function createStackSet(call: Call, input: In<"CreateStackSet">): Answer<Out<"CreateStackSet">> {
  const name = input.StackSetName ?? "";
  if (!/^[a-zA-Z][-a-zA-Z0-9]{0,127}$/.test(name)) {
    throw validationError(
      `1 validation error detected: Value '${name}' at 'stackSetName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*`,
    );
  }
  if (stackSets.has(call.tx, [name])) {
    throw new AwsError("NameAlreadyExistsException", `Stack set ${name} already exists`);
  }
  return withTemplate(call, input, undefined, (later, template) => {
    const id = `${name}:${later.random.uuid()}`;
    const row: StackSetRow = {
      id,
      name,
      description: input.Description ?? null,
      template,
      parameters: parametersOf(input.Parameters),
      tags: tagsOf(input.Tags ?? []),
      capabilities: input.Capabilities ?? [],
      permissionModel: input.PermissionModel ?? "SELF_MANAGED",
      administrationRoleArn:
        input.AdministrationRoleARN ??
        `arn:${later.partition}:iam::${later.accountId}:role/AWSCloudFormationStackSetAdministrationRole`,
      executionRoleName: input.ExecutionRoleName ?? "AWSCloudFormationStackSetExecutionRole",
    };
    stackSets.set(later.tx, [name], row);
    return { StackSetId: id };
  });
}

export function updateStackSet(call: Call, input: In<"UpdateStackSet">): Answer<Out<"UpdateStackSet">> {
  const old = needSet(call, input.StackSetName);
  const kept = input.UsePreviousTemplate === true ? old.template : undefined;
  return withTemplate(call, input, kept, (later, template) => {
    stackSets.set(later.tx, [old.name], {
      ...old,
      template,
      description: input.Description ?? old.description,
      parameters:
        input.Parameters === undefined ? old.parameters : parametersOf(input.Parameters, old.parameters),
      tags: input.Tags === undefined ? old.tags : tagsOf(input.Tags),
      capabilities: input.Capabilities ?? old.capabilities,
    });
    const targets = [...stackInstances.scan(later.tx, [old.name])]
      .map(({ key }) => ({ accountId: key[1], region: key[2] }))
      .filter(
        ({ accountId, region }) =>
          (input.Accounts === undefined || input.Accounts.includes(accountId)) &&
          (input.Regions === undefined || input.Regions.includes(region)),
      );
    const OperationId = startOperation(later, old.name, { action: "UPDATE", targets, input });
    return { OperationId };
  });
}

export function deleteStackSet(call: Call, input: In<"DeleteStackSet">): Record<string, never> {
  const { name } = needSet(call, input.StackSetName);
  if (stackInstances.first(call.tx, [name]) !== undefined) {
    throw new AwsError("StackSetNotEmptyException", "StackSet is not empty");
  }
  for (const { key } of stackSetOperations.scan(call.tx, [name])) stackSetOperations.delete(call.tx, key);
  stackSets.delete(call.tx, [name]);
  return {};
}

export function describeStackSet(call: Call, input: In<"DescribeStackSet">): Out<"DescribeStackSet"> {
  const row = needSet(call, input.StackSetName);
  return {
    StackSet: {
      StackSetName: row.name,
      StackSetId: row.id,
      ...(row.description === null ? {} : { Description: row.description }),
      Status: "ACTIVE",
      TemplateBody: row.template,
      Parameters: Object.entries(row.parameters).map(([ParameterKey, ParameterValue]) => ({
        ParameterKey,
        ParameterValue,
      })),
      Capabilities: [...row.capabilities] as "CAPABILITY_IAM"[],
      Tags: Object.entries(row.tags).map(([Key, Value]) => ({ Key, Value })),
      StackSetARN: formatArn({
        partition: call.partition,
        service: "cloudformation",
        region: call.region,
        accountId: call.accountId,
        resource: `stackset/${row.id}`,
      }),
      AdministrationRoleARN: row.administrationRoleArn,
      ExecutionRoleName: row.executionRoleName,
      StackSetDriftDetectionDetails: { DriftStatus: "NOT_CHECKED", DriftDetectionStatus: undefined },
      OrganizationalUnitIds: [],
      ManagedExecution: { Active: false },
      PermissionModel: row.permissionModel,
    },
  };
}

export function listStackSets(call: Call, input: In<"ListStackSets">): Out<"ListStackSets"> {
  const rows = [...stackSets.scan(call.tx, [])].map(({ value }) => value);
  const { items, next } = page(
    input.Status === "DELETED" ? [] : rows,
    input.NextToken,
    input.MaxResults ?? 100,
  );
  return {
    Summaries: items.map((row) => ({
      StackSetName: row.name,
      StackSetId: row.id,
      ...(row.description === null ? {} : { Description: row.description }),
      Status: "ACTIVE" as const,
      DriftStatus: "NOT_CHECKED" as const,
      PermissionModel: row.permissionModel,
      ManagedExecution: { Active: false },
    })),
    ...(next === undefined ? {} : { NextToken: next }),
  };
}
