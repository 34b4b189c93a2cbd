/** DeleteTable: the name is free at once; the rows are cleared away in the background. */
import type { Call } from "../../../host/call.ts";
import type { Input, Output } from "../../../model/operations.ts";
import { checkControlTableName } from "../constraints.ts";
import { validationError } from "../errors.ts";
import { settings, tables } from "../keys.ts";
import { requireTable } from "../lookup.ts";
import { closeStream } from "../stream.ts";
import { describeTable } from "../table-description.ts";

type Client = typeof import("@aws-sdk/client-dynamodb");

export function deleteTable(call: Call, input: Input<Client, "DeleteTable">): Output<Client, "DeleteTable"> {
  checkControlTableName(input.TableName);
  const { call: there, table } = requireTable(call, input.TableName);
  if (table.deletionProtection) {
    throw validationError(
      `Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.`,
    );
  }
  const shown = describeTable(there, closeStream(there, table), {
    status: "DELETING",
    indexStatus: "DELETING",
  });
  tables.delete(there.tx, [table.name]);
  for (const { key } of settings.scan(there.tx, [table.arn])) settings.delete(there.tx, key);
  there.schedule("dynamodb.sweep", [table.storage], there.nowMs);
  return {
    TableDescription: {
      TableName: shown.TableName,
      TableStatus: shown.TableStatus,
      ProvisionedThroughput: shown.ProvisionedThroughput,
      TableSizeBytes: shown.TableSizeBytes,
      ItemCount: shown.ItemCount,
      TableArn: shown.TableArn,
      TableId: shown.TableId,
      ...(shown.BillingModeSummary === undefined ? {} : { BillingModeSummary: shown.BillingModeSummary }),
      ...(shown.LatestStreamArn === undefined
        ? {}
        : {
            StreamSpecification: { StreamEnabled: true, StreamViewType: table.stream?.viewType },
            LatestStreamArn: shown.LatestStreamArn,
            LatestStreamLabel: shown.LatestStreamLabel,
          }),
      DeletionProtectionEnabled: false,
    },
  };
}
