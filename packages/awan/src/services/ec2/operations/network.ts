/** What is peculiar about VPCs, subnets and gateways: attributes, attachments, zones. */
import type { Call } from "../../../host/call.ts";
import type { In, Out } from "../client.ts";
import { all, change, create, need, remove, told } from "../entity.ts";
import { invalidParameter, missingParameter } from "../errors.ts";
import { type Body, entities } from "../keys.ts";
import { kindNamed, zoneId } from "../kinds.ts";
import { createVpc, ensureDefaults } from "../network.ts";

const vpcs = kindNamed("vpc");
const gateways = kindNamed("internet-gateway");

export function createVpcOperation(call: Call, input: In<"CreateVpc">): Out<"CreateVpc"> {
  ensureDefaults(call);
  if (input.CidrBlock === undefined) throw missingParameter("CidrBlock");
  if (!/^\d+\.\d+\.\d+\.\d+\/\d+$/.test(input.CidrBlock)) {
    throw invalidParameter(
      `Value (${input.CidrBlock}) for parameter cidrBlock is invalid. This is not a valid CIDR block.`,
    );
  }
  return { Vpc: told(createVpc(call, input)) };
}

/** What a VPC began with goes with it. */
export function deleteVpc(call: Call, input: In<"DeleteVpc">): void {
  const id = input.VpcId ?? "";
  remove(call, vpcs, id);
  for (const name of ["route-table", "network-acl", "security-group"]) {
    for (const entity of all(call, kindNamed(name))) {
      if (entity.row.body["VpcId"] === id) entities.delete(call.tx, [name, entity.id]);
    }
  }
}

export function createSubnet(call: Call, input: In<"CreateSubnet">): Out<"CreateSubnet"> {
  ensureDefaults(call);
  need(call, vpcs, input.VpcId);
  return { Subnet: told(create(call, kindNamed("subnet"), input)) };
}

const attributes: Readonly<Record<string, string>> = {
  enableDnsHostnames: "EnableDnsHostnames",
  enableDnsSupport: "EnableDnsSupport",
  enableNetworkAddressUsageMetrics: "EnableNetworkAddressUsageMetrics",
};

export function describeVpcAttribute(
  call: Call,
  input: In<"DescribeVpcAttribute">,
): Out<"DescribeVpcAttribute"> {
  const { body } = need(call, vpcs, input.VpcId);
  const name = attributes[input.Attribute ?? ""] ?? "EnableDnsSupport";
  const value = body[`Attribute${name}`] ?? name === "EnableDnsSupport";
  return { VpcId: input.VpcId, [name]: { Value: value === true } };
}

export function modifyVpcAttribute(call: Call, input: In<"ModifyVpcAttribute">): void {
  const given: Body = { ...input };
  const members = Object.values(attributes).flatMap((name) => {
    const value = given[name] as { readonly Value?: boolean } | undefined;
    return value === undefined ? [] : [[`Attribute${name}`, value.Value ?? false] as const];
  });
  change(call, vpcs, input.VpcId ?? "", Object.fromEntries(members));
}

export function modifySubnetAttribute(call: Call, input: In<"ModifySubnetAttribute">): void {
  const { MapPublicIpOnLaunch: map, AssignIpv6AddressOnCreation: assign } = input;
  change(call, kindNamed("subnet"), input.SubnetId ?? "", {
    ...(map === undefined ? {} : { MapPublicIpOnLaunch: map.Value ?? false }),
    ...(assign === undefined ? {} : { AssignIpv6AddressOnCreation: assign.Value ?? false }),
  });
}

export function attachInternetGateway(call: Call, input: In<"AttachInternetGateway">): void {
  need(call, vpcs, input.VpcId);
  change(call, gateways, input.InternetGatewayId ?? "", {
    Attachments: [{ State: "available", VpcId: input.VpcId }],
  });
}

export function detachInternetGateway(call: Call, input: In<"DetachInternetGateway">): void {
  change(call, gateways, input.InternetGatewayId ?? "", { Attachments: [] });
}

export function deleteVpcEndpoints(call: Call, input: In<"DeleteVpcEndpoints">): Out<"DeleteVpcEndpoints"> {
  for (const id of input.VpcEndpointIds ?? []) remove(call, kindNamed("vpc-endpoint"), id);
  return { Unsuccessful: [] };
}

export function modifyVpcEndpoint(call: Call, input: In<"ModifyVpcEndpoint">): Out<"ModifyVpcEndpoint"> {
  const { PolicyDocument, PrivateDnsEnabled } = input;
  change(call, kindNamed("vpc-endpoint"), input.VpcEndpointId ?? "", {
    ...(PolicyDocument === undefined ? {} : { PolicyDocument }),
    ...(PrivateDnsEnabled === undefined ? {} : { PrivateDnsEnabled }),
  });
  return { Return: true };
}

const regions = [
  ..."ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-southeast-1 ap-southeast-2 ca-central-1".split(
    " ",
  ),
  ..."eu-central-1 eu-north-1 eu-west-1 eu-west-2 eu-west-3 sa-east-1 us-east-1 us-east-2 us-west-1 us-west-2".split(
    " ",
  ),
];

export function describeRegions(_call: Call, input: In<"DescribeRegions">): Out<"DescribeRegions"> {
  const asked = input.RegionNames ?? [];
  return {
    Regions: regions
      .filter((name) => asked.length === 0 || asked.includes(name))
      .map((RegionName) => ({
        Endpoint: `ec2.${RegionName}.amazonaws.com`,
        OptInStatus: "opt-in-not-required",
        RegionName,
      })),
  };
}

export function describeAvailabilityZones(
  call: Call,
  input: In<"DescribeAvailabilityZones">,
): Out<"DescribeAvailabilityZones"> {
  const asked = input.ZoneNames ?? [];
  return {
    AvailabilityZones: ["a", "b", "c"]
      .map((letter) => ({
        GroupName: call.region,
        NetworkBorderGroup: call.region,
        OptInStatus: "opt-in-not-required" as const,
        RegionName: call.region,
        State: "available" as const,
        ZoneId: zoneId(`${call.region}${letter}`),
        ZoneName: `${call.region}${letter}`,
        ZoneType: "availability-zone",
      }))
      .filter(({ ZoneName }) => asked.length === 0 || asked.includes(ZoneName)),
  };
}
