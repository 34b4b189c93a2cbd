/** UpdateTimeToLive and DescribeTimeToLive. */
import type { Call } from "../../../host/call.ts";
import type { Input, Output } from "../../../model/operations.ts";
import { checkControlTableName, Constraints } from "../constraints.ts";
import { validationError } from "../errors.ts";
import { tables } from "../keys.ts";
import { requireTable } from "../lookup.ts";

type Client = typeof import("@aws-sdk/client-dynamodb");

export function updateTimeToLive(
  call: Call,
  input: Input<Client, "UpdateTimeToLive">,
): Output<Client, "UpdateTimeToLive"> {
  checkControlTableName(input.TableName);
  const specification = input.TimeToLiveSpecification;
  new Constraints().required("timeToLiveSpecification", specification).check();
  new Constraints()
    .required("timeToLiveSpecification.attributeName", specification?.AttributeName)
    .length("timeToLiveSpecification.attributeName", specification?.AttributeName, 1, 255)
    .required("timeToLiveSpecification.enabled", specification?.Enabled)
    .check();
  const attribute = specification.AttributeName ?? "";
  const { call: there, table } = requireTable(call, input.TableName);
  if (specification.Enabled === true) {
    if (table.timeToLive !== null) throw validationError("TimeToLive is already enabled");
    tables.set(there.tx, [table.name], { ...table, timeToLive: attribute });
    there.schedule("dynamodb.findExpiring", [table.name, table.storage], there.nowMs, { after: null });
  } else {
    if (table.timeToLive === null) throw validationError("TimeToLive is already disabled");
    if (table.timeToLive !== attribute) {
      throw validationError(
        `TimeToLive is active on a different AttributeName: current AttributeName is ${table.timeToLive}`,
      );
    }
    tables.set(there.tx, [table.name], { ...table, timeToLive: null });
  }
  return { TimeToLiveSpecification: { Enabled: specification.Enabled, AttributeName: attribute } };
}

export function describeTimeToLive(
  call: Call,
  input: Input<Client, "DescribeTimeToLive">,
): Output<Client, "DescribeTimeToLive"> {
  checkControlTableName(input.TableName);
  const { table } = requireTable(call, input.TableName);
  return {
    TimeToLiveDescription:
      table.timeToLive === null
        ? { TimeToLiveStatus: "DISABLED" }
        : { TimeToLiveStatus: "ENABLED", AttributeName: table.timeToLive },
  };
}
