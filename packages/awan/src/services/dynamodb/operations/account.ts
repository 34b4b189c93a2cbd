/** DescribeLimits and DescribeEndpoints. */
import type { Call } from "../../../host/call.ts";
import type { Output } from "../../../model/operations.ts";

type Client = typeof import("@aws-sdk/client-dynamodb");

/** The initial quotas of a region (Developer Guide, "Throughput default quotas"). */
export function describeLimits(): Output<Client, "DescribeLimits"> {
  return {
    AccountMaxReadCapacityUnits: 80_000,
    AccountMaxWriteCapacityUnits: 80_000,
    TableMaxReadCapacityUnits: 40_000,
    TableMaxWriteCapacityUnits: 40_000,
  };
}

export function describeEndpoints(call: Call): Output<Client, "DescribeEndpoints"> {
  const address =
    call.endpoint === ""
      ? `dynamodb.${call.region}.amazonaws.com`
      : call.endpoint.replace(/^https?:\/\//, "");
  return { Endpoints: [{ Address: address, CachePeriodInMinutes: 1440 }] };
}
