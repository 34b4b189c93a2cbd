/** Kinesis streaming destinations of a table: active at once. */
import type { Call } from "../../../host/call.ts";
import type { Input, Output } from "../../../model/operations.ts";
import { checkControlTableName, Constraints } from "../constraints.ts";
import { resourceNotFound, validationError } from "../errors.ts";
import { tables } from "../keys.ts";
import { requireTable } from "../lookup.ts";

type Client = typeof import("@aws-sdk/client-dynamodb");

const precisions = ["MILLISECOND", "MICROSECOND"];

function checkArn(arn: string | undefined): void {
  new Constraints().required("streamArn", arn).length("streamArn", arn, 37, 1024).check();
}

export function enableKinesisStreamingDestination(
  call: Call,
  input: Input<Client, "EnableKinesisStreamingDestination">,
): Output<Client, "EnableKinesisStreamingDestination"> {
  checkControlTableName(input.TableName);
  checkArn(input.StreamArn);
  const precision = input.EnableKinesisStreamingConfiguration?.ApproximateCreationDateTimePrecision;
  new Constraints()
    .oneOf("enableKinesisStreamingConfiguration.approximateCreationDateTimePrecision", precision, precisions)
    .check();
  const { call: there, table } = requireTable(call, input.TableName);
  if (table.destinations.some(({ streamArn }) => streamArn === input.StreamArn)) {
    throw validationError(
      `Table is not in a valid state to enable Kinesis Streaming Destination: KinesisStreamingDestination must be DISABLED to perform ENABLE operation.`,
    );
  }
  checkStream(there, input.StreamArn);
  const destinations = [...table.destinations, { streamArn: input.StreamArn, precision }];
  tables.set(there.tx, [table.name], { ...table, destinations });
  return {
    TableName: table.name,
    StreamArn: input.StreamArn,
    DestinationStatus: "ENABLING",
    EnableKinesisStreamingConfiguration:
      precision === undefined ? {} : { ApproximateCreationDateTimePrecision: precision },
  };
}

function checkStream(call: Call, streamArn: string): void {
  if (!call.ports.kinesis.exists(call, streamArn)) {
    throw resourceNotFound(`User does not have a permission to use the Kinesis Data Stream: ${streamArn}`);
  }
}

export function disableKinesisStreamingDestination(
  call: Call,
  input: Input<Client, "DisableKinesisStreamingDestination">,
): Output<Client, "DisableKinesisStreamingDestination"> {
  checkControlTableName(input.TableName);
  checkArn(input.StreamArn);
  const { call: there, table } = requireTable(call, input.TableName);
  const destinations = table.destinations.filter(({ streamArn }) => streamArn !== input.StreamArn);
  if (destinations.length === table.destinations.length) {
    throw validationError(
      `Table is not in a valid state to disable Kinesis Streaming Destination: KinesisStreamingDestination must be ACTIVE to perform DISABLE operation.`,
    );
  }
  tables.set(there.tx, [table.name], { ...table, destinations });
  return { TableName: table.name, StreamArn: input.StreamArn, DestinationStatus: "DISABLING" };
}

export function updateKinesisStreamingDestination(
  call: Call,
  input: Input<Client, "UpdateKinesisStreamingDestination">,
): Output<Client, "UpdateKinesisStreamingDestination"> {
  checkControlTableName(input.TableName);
  checkArn(input.StreamArn);
  const asked = input.UpdateKinesisStreamingConfiguration?.ApproximateCreationDateTimePrecision;
  if (asked === undefined) {
    throw validationError(
      "Streaming destination cannot be updated with given parameters: UpdateKinesisStreamingConfiguration cannot be null or contain only null values",
    );
  }
  new Constraints()
    .oneOf("updateKinesisStreamingConfiguration.approximateCreationDateTimePrecision", asked, precisions)
    .check();
  const { call: there, table } = requireTable(call, input.TableName);
  const current = table.destinations.find(({ streamArn }) => streamArn === input.StreamArn);
  if (current === undefined) {
    throw validationError(
      `Table is not in a valid state to enable Kinesis Streaming Destination: No streaming destination with streamArn: ${input.StreamArn} found for table with tableName: ${table.name}`,
    );
  }
  if ((current.precision ?? "MILLISECOND") === asked) {
    throw validationError(
      `Invalid Request: Precision is already set to the desired value of ${asked} for tableId: ${table.id}, kdsArn: ${input.StreamArn}`,
    );
  }
  const destinations = table.destinations.map((each) =>
    each === current ? { ...each, precision: asked } : each,
  );
  tables.set(there.tx, [table.name], { ...table, destinations });
  return {
    TableName: table.name,
    StreamArn: input.StreamArn,
    DestinationStatus: "UPDATING",
    UpdateKinesisStreamingConfiguration: { ApproximateCreationDateTimePrecision: asked },
  };
}

export function describeKinesisStreamingDestination(
  call: Call,
  input: Input<Client, "DescribeKinesisStreamingDestination">,
): Output<Client, "DescribeKinesisStreamingDestination"> {
  checkControlTableName(input.TableName);
  const { table } = requireTable(call, input.TableName);
  return {
    TableName: table.name,
    KinesisDataStreamDestinations: table.destinations.map(({ streamArn, precision }) => ({
      StreamArn: streamArn,
      DestinationStatus: "ACTIVE",
      ...(precision === undefined
        ? {}
        : { ApproximateCreationDateTimePrecision: precision as "MILLISECOND" }),
    })),
  };
}
