/** Instances as records: they are said to run, be stopped and be gone; nothing runs. */
import type { Call } from "../../../host/call.ts";
import type { In, Out } from "../client.ts";
import { change, create, describe, need, told } from "../entity.ts";
import { missingParameter } from "../errors.ts";
import type { Body } from "../keys.ts";
import { kindNamed } from "../kinds.ts";
import { ensureDefaults } from "../network.ts";

const kind = kindNamed("instance");

/** Members of RunInstances that an instance is told with under the same name. */
const kept = ["ImageId", "InstanceType", "KeyName", "SubnetId", "EbsOptimized"] as const;

export function runInstances(call: Call, input: In<"RunInstances">): Out<"RunInstances"> {
  ensureDefaults(call);
  if (input.ImageId === undefined && input.LaunchTemplate === undefined) throw missingParameter("ImageId");
  const given: Body = input;
  const own = Object.fromEntries(
    kept.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]] as const])),
  );
  const subnet =
    input.SubnetId === undefined ? undefined : need(call, kindNamed("subnet"), input.SubnetId).body;
  const more: Body = {
    ...(subnet === undefined ? {} : { VpcId: subnet["VpcId"] }),
    SecurityGroups: (input.SecurityGroupIds ?? []).map((GroupId) => ({ GroupId })),
  };
  const Instances = Array.from({ length: input.MinCount ?? 1 }, () =>
    told(create(call, kind, { ...own, TagSpecifications: input.TagSpecifications }, more)),
  );
  return {
    ReservationId: `r-${call.random.hex(17)}`,
    OwnerId: call.accountId,
    Groups: [],
    Instances,
  };
}

/** Each instance is a reservation of its own. */
export function describeInstances(call: Call, input: In<"DescribeInstances">): Out<"DescribeInstances"> {
  const { Instances, NextToken } = describe(call, kind, input) as {
    Instances: { ReservationId: string; InstanceId: string }[];
    NextToken?: string;
  };
  return {
    Reservations: Instances.map((instance) => ({
      ReservationId: instance.ReservationId,
      OwnerId: call.accountId,
      Groups: [],
      Instances: [instance],
    })),
    ...(NextToken === undefined ? {} : { NextToken }),
  };
}

const states = { running: 16, stopped: 80, terminated: 48 } as const;

function move(call: Call, ids: readonly string[] | undefined, Name: keyof typeof states) {
  return (ids ?? []).map((InstanceId) => {
    const PreviousState = need(call, kind, InstanceId).body["State"] as { Code: number; Name: "running" };
    const CurrentState = { Code: states[Name], Name };
    change(call, kind, InstanceId, { State: CurrentState });
    return { InstanceId, CurrentState, PreviousState };
  });
}

export const startInstances = (call: Call, input: In<"StartInstances">): Out<"StartInstances"> => ({
  StartingInstances: move(call, input.InstanceIds, "running"),
});

export const stopInstances = (call: Call, input: In<"StopInstances">): Out<"StopInstances"> => ({
  StoppingInstances: move(call, input.InstanceIds, "stopped"),
});

/** A terminated instance is told of as long as its record is kept: here for good. */
export const terminateInstances = (
  call: Call,
  input: In<"TerminateInstances">,
): Out<"TerminateInstances"> => ({
  TerminatingInstances: move(call, input.InstanceIds, "terminated"),
});
