/** Contributor insights: switched on and off and described; Awan draws no graphs from them. */
import type { Call } from "../../../host/call.ts";
import type { Input, Output } from "../../../model/operations.ts";
import { checkControlTableName, Constraints } from "../constraints.ts";
import { resourceNotFound } from "../errors.ts";
import { settings } from "../keys.ts";
import { requireTable, tableNameOf } from "../lookup.ts";
import type { TableRow } from "../schema.ts";

type Client = typeof import("@aws-sdk/client-dynamodb");

interface Insights {
  readonly enabled: boolean;
  readonly mode: "ACCESSED_AND_THROTTLED_KEYS" | "THROTTLED_KEYS";
  readonly updatedAtMs: number;
}

const kindOf = (index: string | undefined): string =>
  index === undefined ? "insights" : `insights:${index}`;

function checkIndex(table: TableRow, index: string | undefined): void {
  if (index !== undefined && !table.indexes.some(({ name }) => name === index)) {
    throw resourceNotFound(`Index: ${index} not found`);
  }
}

export function updateContributorInsights(
  call: Call,
  input: Input<Client, "UpdateContributorInsights">,
): Output<Client, "UpdateContributorInsights"> {
  checkControlTableName(input.TableName);
  new Constraints()
    .required("contributorInsightsAction", input.ContributorInsightsAction)
    .oneOf("contributorInsightsAction", input.ContributorInsightsAction, ["ENABLE", "DISABLE"])
    .check();
  const { call: there, table } = requireTable(call, input.TableName);
  checkIndex(table, input.IndexName);
  const enabled = input.ContributorInsightsAction === "ENABLE";
  const mode = input.ContributorInsightsMode ?? "ACCESSED_AND_THROTTLED_KEYS";
  settings.set(there.tx, [table.arn, kindOf(input.IndexName)], {
    enabled,
    mode,
    updatedAtMs: there.nowMs,
  } satisfies Insights);
  return {
    TableName: table.name,
    ...(input.IndexName === undefined ? {} : { IndexName: input.IndexName }),
    ContributorInsightsStatus: enabled ? "ENABLING" : "DISABLING",
    ContributorInsightsMode: mode,
  };
}

export function describeContributorInsights(
  call: Call,
  input: Input<Client, "DescribeContributorInsights">,
): Output<Client, "DescribeContributorInsights"> {
  checkControlTableName(input.TableName);
  const { call: there, table } = requireTable(call, input.TableName);
  checkIndex(table, input.IndexName);
  const insights = settings.get(there.tx, [table.arn, kindOf(input.IndexName)]) as Insights | undefined;
  const suffix = input.IndexName === undefined ? "" : `-${input.IndexName}`;
  return {
    TableName: table.name,
    ...(input.IndexName === undefined ? {} : { IndexName: input.IndexName }),
    ContributorInsightsStatus: insights?.enabled === true ? "ENABLED" : "DISABLED",
    ...(insights === undefined
      ? {}
      : {
          ContributorInsightsRuleList: insights.enabled
            ? ["PKC", "PKT"].map(
                (rule) => `DynamoDBContributorInsights-${rule}-${table.name}${suffix}-${table.createdAtMs}`,
              )
            : [],
          LastUpdateDateTime: new Date(insights.updatedAtMs),
          ContributorInsightsMode: insights.mode,
        }),
  };
}

export function listContributorInsights(
  call: Call,
  input: Input<Client, "ListContributorInsights">,
): Output<Client, "ListContributorInsights"> {
  const names = input.TableName === undefined ? undefined : requireTable(call, input.TableName).table.arn;
  const rows = settings.scan(call.tx, names === undefined ? [] : [names]);
  const summaries = Array.from(rows)
    .filter(({ key }) => key[1] === "insights" || key[1].startsWith("insights:"))
    .map(({ key: [arn, kind], value }) => {
      const insights = value as Insights;
      return {
        TableName: tableNameOf(arn),
        ...(kind === "insights" ? {} : { IndexName: kind.slice("insights:".length) }),
        ContributorInsightsStatus: insights.enabled ? ("ENABLED" as const) : ("DISABLED" as const),
        ContributorInsightsMode: insights.mode,
      };
    });
  return { ContributorInsightsSummaries: summaries };
}
