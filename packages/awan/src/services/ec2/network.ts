/** A VPC comes with a main route table, a network ACL and a security group; a region with a VPC of its own. */
import type { Call } from "../../host/call.ts";
import { change, create, type Entity } from "./entity.ts";
import { type Body, defaults } from "./keys.ts";
import { kindNamed } from "./kinds.ts";

const localRoute = (cidr: unknown): Body => ({
  DestinationCidrBlock: cidr,
  GatewayId: "local",
  Origin: "CreateRouteTable",
  State: "active",
});

export function createRouteTable(call: Call, vpcId: string, cidr: unknown, input: Body = {}): Entity {
  return create(call, kindNamed("route-table"), { ...input, VpcId: vpcId }, { Routes: [localRoute(cidr)] });
}

export const associationId = (call: Call, prefix: string): string => `${prefix}-${call.random.hex(17)}`;

const aclEntries = [false, true].flatMap((Egress): Body[] =>
  [100, 32_767].map((RuleNumber) => ({
    CidrBlock: "0.0.0.0/0",
    Egress,
    Protocol: "-1",
    RuleAction: RuleNumber === 100 ? "allow" : "deny",
    RuleNumber,
  })),
);

export function createVpc(call: Call, input: Body, more: Body = {}): Entity {
  const vpc = create(call, kindNamed("vpc"), input, more);
  const table = createRouteTable(call, vpc.id, input["CidrBlock"]);
  change(call, kindNamed("route-table"), table.id, {
    Associations: [
      {
        AssociationState: { State: "associated" },
        Main: true,
        RouteTableAssociationId: associationId(call, "rtbassoc"),
        RouteTableId: table.id,
      },
    ],
  });
  create(call, kindNamed("network-acl"), { VpcId: vpc.id }, { Entries: aclEntries, IsDefault: true });
  create(call, kindNamed("security-group"), {
    Description: "default VPC security group",
    GroupName: "default",
    VpcId: vpc.id,
  });
  return vpc;
}

/** The default VPC and its subnets: made when the region's network is first looked at. */
export function ensureDefaults(call: Call): void {
  if (defaults.has(call.tx, [])) return;
  const vpc = createVpc(call, { CidrBlock: "172.31.0.0/16" }, { IsDefault: true });
  defaults.set(call.tx, [], { vpcId: vpc.id });
  for (const [i, zone] of ["a", "b", "c"].entries()) {
    create(
      call,
      kindNamed("subnet"),
      { AvailabilityZone: `${call.region}${zone}`, CidrBlock: `172.31.${i * 16}.0/20`, VpcId: vpc.id },
      { DefaultForAz: true, MapPublicIpOnLaunch: true },
    );
  }
  create(call, kindNamed("internet-gateway"), {}, { Attachments: [{ State: "available", VpcId: vpc.id }] });
}
