/**
 * DynamoDB as IAM sees it (Service Authorization Reference): each operation's action on the ARN of a table, index, backup,
 * export or import, decided together with the table's policy. Transactions and PartiQL need the actions of what they do.
 */
import { parsePartiql } from "../../engines/dynamo-expression/partiql.ts";
import type { AttributeValue, Item } from "../../engines/dynamo-expression/value.ts";
import type { Access, Authorization } from "../../host/authorization.ts";
import type { Call } from "../../host/call.ts";
import { tables } from "./keys.ts";
import { tableNameOf } from "./lookup.ts";
import { policyOn } from "./policies.ts";
import { queryPartition } from "./operations/query.ts";
import type { ReadRequest, WriteRequest } from "./requests.ts";
import { tableArn } from "./table-rows.ts";

type Request = Partial<ReadRequest & WriteRequest> & {
  readonly TableArn?: string;
  readonly ResourceArn?: string;
  readonly BackupArn?: string;
  readonly ExportArn?: string;
  readonly ImportArn?: string;
  readonly SourceTableArn?: string;
  readonly SourceTableName?: string;
  readonly TargetTableName?: string;
  readonly TableCreationParameters?: { readonly TableName?: string };
  readonly GlobalTableName?: string;
};

type Context = Record<string, string | readonly string[]>;

function on(call: Call, action: string, resource: string | undefined, context: Context = {}): Access {
  if (typeof resource !== "string" || !resource.startsWith("arn:"))
    return { action: `dynamodb:${action}`, resource: "*", context };
  return {
    action: `dynamodb:${action}`,
    resource,
    resourcePolicy: policyOn(call, resource),
    context,
  };
}

const arnOf = (call: Call, nameOrArn: string): string =>
  nameOrArn.startsWith("arn:") ? nameOrArn : tableArn(call, nameOrArn);

function onTable(call: Call, action: string, request: Request, context: Context = {}): Access {
  const { TableName: name, IndexName: index } = request;
  if (typeof name !== "string") return on(call, action, undefined, context);
  const arn = arnOf(call, name);
  return on(call, action, typeof index === "string" ? `${arn}/index/${index}` : arn, context);
}

const texts = (values: readonly (AttributeValue | undefined)[]): readonly string[] =>
  values.flatMap((value) =>
    value === undefined ? [] : [value.S ?? value.N ?? Buffer.from(value.B ?? []).toString("base64")],
  );

/** Developer Guide, "Using IAM policy conditions for fine-grained access control". */
function conditions(call: Call, request: Request, items: readonly (Item | undefined)[]): Context {
  const context: Context = {};
  const given = items.filter((item) => typeof item === "object");
  const table =
    typeof request.TableName === "string" ? tables.get(call.tx, [tableNameOf(request.TableName)]) : undefined;
  if (table !== undefined && given.length > 0)
    context["dynamodb:LeadingKeys"] = texts(given.map((item) => item[table.hash.name]));
  const names = new Set(given.flatMap((item) => Object.keys(item)));
  for (const name of attributesAsked(request)) names.add(name);
  if (names.size > 0) context["dynamodb:Attributes"] = [...names];
  for (const member of ["Select", "ReturnValues", "ReturnConsumedCapacity"] as const) {
    const value = request[member];
    if (typeof value === "string") context[`dynamodb:${member}`] = value;
  }
  return context;
}

/** The top-level attributes a projection names. */
function attributesAsked(request: Request): readonly string[] {
  const {
    AttributesToGet: list,
    ProjectionExpression: projection,
    ExpressionAttributeNames: names,
  } = request;
  if (Array.isArray(list)) return list as string[];
  if (typeof projection !== "string") return [];
  return projection.split(",").map((path) => {
    const head = path.trim().split(/[.[]/)[0] ?? "";
    return names?.[head] ?? head;
  });
}

const dataOperation = (action: string) => (call: Call, request: Request) =>
  onTable(call, action, request, conditions(call, request, [request.Item, request.Key]));

function query(call: Call, request: Request): Access {
  const context = conditions(call, request, []);
  const partition = queryPartition(call, request);
  if (partition !== undefined) context["dynamodb:LeadingKeys"] = texts([partition]);
  return onTable(call, "Query", request, context);
}

type Batch = { readonly RequestItems?: Readonly<Record<string, unknown>> };

function batch(action: string, itemsOf: (of: unknown) => readonly (Item | undefined)[]) {
  return (call: Call, { RequestItems: requests = {} }: Batch): readonly Access[] =>
    Object.entries(requests).map(([TableName, of]) => {
      const request = { ...(of as object), TableName };
      return onTable(call, action, { TableName }, conditions(call, request, itemsOf(of)));
    });
}

const keysOf = (of: unknown): readonly Item[] => (of as { readonly Keys?: readonly Item[] }).Keys ?? [];

const writesOf = (of: unknown): readonly (Item | undefined)[] =>
  Array.isArray(of)
    ? (of as readonly { PutRequest?: { Item?: Item }; DeleteRequest?: { Key?: Item } }[]).map(
        ({ PutRequest, DeleteRequest }) => PutRequest?.Item ?? DeleteRequest?.Key,
      )
    : [];

const transactionActions: Readonly<Record<string, string>> = {
  Get: "GetItem",
  Put: "PutItem",
  Update: "UpdateItem",
  Delete: "DeleteItem",
  ConditionCheck: "ConditionCheckItem",
};

const transaction =
  (operation: string) =>
  (call: Call, { TransactItems: items = [] }: { readonly TransactItems?: readonly object[] }) =>
    items.flatMap((each) =>
      Object.entries(each as Record<string, Request | undefined>).map(([kind, request = {}]) =>
        onTable(call, transactionActions[kind] ?? operation, request, {
          ...conditions(call, request, [request.Item, request.Key]),
          "dynamodb:EnclosingOperation": operation,
        }),
      ),
    );

const statementActions = {
  select: "PartiQLSelect",
  insert: "PartiQLInsert",
  update: "PartiQLUpdate",
  delete: "PartiQLDelete",
  exists: "ConditionCheckItem",
} as const;

interface StatementRequest {
  readonly Statement?: string;
  readonly Parameters?: readonly AttributeValue[];
}

function onStatement(call: Call, { Statement: text, Parameters: parameters }: StatementRequest): Access[] {
  try {
    const statement = parsePartiql(text ?? "", parameters ?? []);
    const index = statement.kind === "select" ? statement.index : undefined;
    const request = { TableName: statement.table, ...(index === undefined ? {} : { IndexName: index }) };
    return [onTable(call, statementActions[statement.kind], request)];
  } catch {
    // What cannot be read is refused by the operation, which touches no table.
    return [];
  }
}

const onStatements =
  (member: "Statements" | "TransactStatements") =>
  (call: Call, input: Readonly<Record<string, readonly StatementRequest[] | undefined>>) =>
    (input[member] ?? []).flatMap((each) => onStatement(call, each));

const tableOperations = [
  "CreateBackup",
  "CreateTable",
  "DeleteTable",
  "DescribeContinuousBackups",
  "DescribeContributorInsights",
  "DescribeKinesisStreamingDestination",
  "DescribeTable",
  "DescribeTimeToLive",
  "DisableKinesisStreamingDestination",
  "EnableKinesisStreamingDestination",
  "UpdateContinuousBackups",
  "UpdateContributorInsights",
  "UpdateKinesisStreamingDestination",
  "UpdateTable",
  "UpdateTimeToLive",
];

const byArn: Readonly<Record<string, (request: Request) => string | undefined>> = {
  DeleteBackup: ({ BackupArn }) => BackupArn,
  DeleteResourcePolicy: ({ ResourceArn }) => ResourceArn,
  DescribeBackup: ({ BackupArn }) => BackupArn,
  DescribeExport: ({ ExportArn }) => ExportArn,
  DescribeImport: ({ ImportArn }) => ImportArn,
  ExportTableToPointInTime: ({ TableArn }) => TableArn,
  GetResourcePolicy: ({ ResourceArn }) => ResourceArn,
  ListTagsOfResource: ({ ResourceArn }) => ResourceArn,
  PutResourcePolicy: ({ ResourceArn }) => ResourceArn,
  TagResource: ({ ResourceArn }) => ResourceArn,
  UntagResource: ({ ResourceArn }) => ResourceArn,
};

/** A restore reads one resource and makes another. */
const restore =
  (action: string, sourceOf: (call: Call, request: Request) => string | undefined) =>
  (call: Call, request: Request): readonly Access[] => [
    on(call, action, sourceOf(call, request)),
    onTable(
      call,
      action,
      request.TargetTableName === undefined ? {} : { TableName: request.TargetTableName },
    ),
  ];

export const authorization: Authorization = {
  accesses: {
    ...Object.fromEntries(
      tableOperations.map((action) => [
        action,
        (call: Call, request: Request) =>
          onTable(call, action, request.TableName === undefined ? {} : { TableName: request.TableName }),
      ]),
    ),
    ...Object.fromEntries(
      Object.entries(byArn).map(([action, arn]) => [
        action,
        (call: Call, request: Request) => on(call, action, arn(request)),
      ]),
    ),
    BatchExecuteStatement: onStatements("Statements"),
    BatchGetItem: batch("BatchGetItem", keysOf),
    BatchWriteItem: batch("BatchWriteItem", writesOf),
    DeleteItem: dataOperation("DeleteItem"),
    ExecuteStatement: onStatement,
    ExecuteTransaction: onStatements("TransactStatements"),
    GetItem: dataOperation("GetItem"),
    ImportTable: (call, { TableCreationParameters: parameters }: Request) =>
      onTable(call, "ImportTable", parameters ?? {}),
    PutItem: dataOperation("PutItem"),
    Query: query,
    RestoreTableFromBackup: restore("RestoreTableFromBackup", (_call, { BackupArn }) => BackupArn),
    RestoreTableToPointInTime: restore(
      "RestoreTableToPointInTime",
      (call, { SourceTableArn: arn, SourceTableName: name }) =>
        arn ?? (typeof name === "string" ? arnOf(call, name) : undefined),
    ),
    Scan: dataOperation("Scan"),
    TransactGetItems: transaction("TransactGetItems"),
    TransactWriteItems: transaction("TransactWriteItems"),
    UpdateItem: dataOperation("UpdateItem"),
  },
};
