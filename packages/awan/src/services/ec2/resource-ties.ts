/** Types that tie things together: attachments, associations, routes, rules. Their physical ids are made of the two ends. */
import type { Call } from "../../host/call.ts";
import type { Properties, PropertyKind, ResourceProvider } from "../../host/resource.ts";
import { type Body, scalar as text } from "./keys.ts";
import { permissionOf } from "./permission.ts";

interface Tie {
  readonly type: string;
  readonly properties: string;
  /** Makes the tie, and answers its physical id. */
  readonly make: (call: Call, properties: Properties) => string;
  readonly undo: (call: Call, properties: Properties, physicalId: string) => void;
  readonly attributes?: (physicalId: string, properties: Properties) => Readonly<Record<string, unknown>>;
}

const ec2 = (call: Call, operation: string, input: object): Record<string, unknown> =>
  call.invoke("ec2", operation, input);

const only = (properties: Properties, names: readonly string[]): Body =>
  Object.fromEntries(
    names.flatMap((name) => (properties[name] === undefined ? [] : [[name, properties[name]]])),
  );

const destinations = ["DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId"];

const rule = (direction: "Ingress" | "Egress"): Tie => ({
  type: `AWS::EC2::SecurityGroup${direction}`,
  properties:
    direction === "Ingress"
      ? "CidrIp! CidrIpv6! Description FromPort! GroupId! GroupName! IpProtocol* SourcePrefixListId! SourceSecurityGroupId! SourceSecurityGroupName! SourceSecurityGroupOwnerId! ToPort!"
      : "CidrIp! CidrIpv6! Description DestinationPrefixListId! DestinationSecurityGroupId! FromPort! GroupId* IpProtocol* ToPort!",
  make: (call, properties) => {
    const IpPermissions = [permissionOf(properties)];
    ec2(call, `AuthorizeSecurityGroup${direction}`, {
      ...only(properties, ["GroupId", "GroupName"]),
      IpPermissions,
    });
    return `sgr-${call.random.hex(17)}`;
  },
  undo: (call, properties) => {
    const IpPermissions = [permissionOf(properties)];
    ec2(call, `RevokeSecurityGroup${direction}`, {
      ...only(properties, ["GroupId", "GroupName"]),
      IpPermissions,
    });
  },
  attributes: (id) => ({ Id: id }),
});

const all: readonly Tie[] = [
  rule("Ingress"),
  rule("Egress"),
  {
    type: "AWS::EC2::VPCGatewayAttachment",
    properties: "InternetGatewayId VpcId* VpnGatewayId",
    make: (call, { InternetGatewayId, VpcId, VpnGatewayId }) => {
      if (InternetGatewayId !== undefined) ec2(call, "AttachInternetGateway", { InternetGatewayId, VpcId });
      return `${VpnGatewayId === undefined ? "IGW" : "VGW"}|${text(VpcId)}`;
    },
    undo: (call, { InternetGatewayId, VpcId }) => {
      if (InternetGatewayId !== undefined) ec2(call, "DetachInternetGateway", { InternetGatewayId, VpcId });
    },
    attributes: (id) => ({ AttachmentType: id.slice(0, 3) }),
  },
  {
    type: "AWS::EC2::Route",
    properties:
      "CarrierGatewayId CoreNetworkArn DestinationCidrBlock! DestinationIpv6CidrBlock! DestinationPrefixListId! EgressOnlyInternetGatewayId GatewayId InstanceId LocalGatewayId NatGatewayId NetworkInterfaceId RouteTableId* TransitGatewayId VpcEndpointId VpcPeeringConnectionId",
    make: (call, properties) => {
      ec2(call, "CreateRoute", properties);
      const destination = destinations.map((name) => properties[name]).find((each) => each !== undefined);
      return `${text(properties["RouteTableId"])}|${text(destination)}`;
    },
    undo: (call, properties) => {
      ec2(call, "DeleteRoute", only(properties, ["RouteTableId", ...destinations]));
    },
    attributes: (id) => ({ CidrBlock: id.split("|")[1] }),
  },
  {
    type: "AWS::EC2::SubnetRouteTableAssociation",
    properties: "RouteTableId* SubnetId*",
    make: (call, properties) => text(ec2(call, "AssociateRouteTable", properties)["AssociationId"]),
    undo: (call, _properties, AssociationId) => {
      ec2(call, "DisassociateRouteTable", { AssociationId });
    },
    attributes: (id) => ({ Id: id }),
  },
  {
    type: "AWS::EC2::GatewayRouteTableAssociation",
    properties: "GatewayId* RouteTableId*",
    make: (call, properties) => {
      ec2(call, "AssociateRouteTable", properties);
      return text(properties["GatewayId"]);
    },
    undo: () => undefined,
  },
  {
    type: "AWS::EC2::SubnetNetworkAclAssociation",
    properties: "NetworkAclId* SubnetId*",
    make: (call, properties) =>
      text(
        ec2(call, "ReplaceNetworkAclAssociation", {
          AssociationId: `aclassoc-${text(properties["SubnetId"]).slice(7)}`,
          NetworkAclId: properties["NetworkAclId"],
        })["NewAssociationId"],
      ),
    undo: () => undefined,
    attributes: (id) => ({ AssociationId: id }),
  },
  {
    type: "AWS::EC2::NetworkAclEntry",
    properties:
      "CidrBlock Egress! Icmp Ipv6CidrBlock NetworkAclId* PortRange Protocol* RuleAction* RuleNumber*",
    make: (call, { Icmp, Egress, Protocol, RuleNumber, ...rest }) => {
      ec2(call, "CreateNetworkAclEntry", {
        ...rest,
        Egress: Egress === true || Egress === "true",
        Protocol: text(Protocol),
        RuleNumber: Number(RuleNumber),
        ...(Icmp === undefined ? {} : { IcmpTypeCode: Icmp }),
      });
      return `${text(rest["NetworkAclId"])}|${text(RuleNumber)}|${text(Egress ?? false)}`;
    },
    undo: (call, { NetworkAclId, RuleNumber, Egress }) => {
      ec2(call, "DeleteNetworkAclEntry", {
        NetworkAclId,
        RuleNumber: Number(RuleNumber),
        Egress: Egress === true || Egress === "true",
      });
    },
  },
  {
    type: "AWS::EC2::EIPAssociation",
    properties: "AllocationId! EIP! InstanceId! NetworkInterfaceId! PrivateIpAddress!",
    make: (call) => `eipassoc-${call.random.hex(17)}`,
    undo: () => undefined,
  },
  {
    type: "AWS::EC2::VPCDHCPOptionsAssociation",
    properties: "DhcpOptionsId VpcId*",
    make: (_call, properties) => text(properties["VpcId"]),
    undo: () => undefined,
  },
  {
    type: "AWS::EC2::VPCCidrBlock",
    properties: "AmazonProvidedIpv6CidrBlock! CidrBlock! Ipv6CidrBlock! Ipv6Pool! VpcId*",
    make: (call) => `vpc-cidr-assoc-${call.random.hex(17)}`,
    undo: () => undefined,
    attributes: (id) => ({ Id: id }),
  },
  {
    type: "AWS::EC2::FlowLog",
    properties:
      "DeliverCrossAccountRole! DeliverLogsPermissionArn! DestinationOptions! LogDestination! LogDestinationType! LogFormat! LogGroupName! MaxAggregationInterval! ResourceId* ResourceType* Tags TrafficType!",
    make: (call) => `fl-${call.random.hex(17)}`,
    undo: () => undefined,
    attributes: (id) => ({ Id: id }),
  },
];

function provider(tie: Tie): ResourceProvider {
  const names = tie.properties.split(" ");
  const kinds: Record<string, PropertyKind> = Object.fromEntries(
    names.map((name) => [name.replace(/[!*]/, ""), /[!*]/.test(name) ? "replace" : "mutable"]),
  );
  const state = (physicalId: string, properties: Properties) => ({
    physicalId,
    attributes: tie.attributes?.(physicalId, properties) ?? {},
  });
  return {
    type: tie.type,
    properties: kinds,
    required: names.filter((name) => name.endsWith("*")).map((name) => name.slice(0, -1)),
    create: (call, { properties }) => state(tie.make(call, properties), properties),
    update: (call, { physicalId, properties, previousProperties }) => {
      tie.undo(call, previousProperties, physicalId);
      const made = tie.make(call, properties);
      // Ids that are drawn stay what they were.
      return state(made.includes("|") ? made : physicalId, properties);
    },
    delete: (call, { physicalId, properties }) => tie.undo(call, properties, physicalId),
  };
}

export const ties: readonly ResourceProvider[] = all.map(provider);
