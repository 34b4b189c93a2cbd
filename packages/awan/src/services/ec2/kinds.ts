/**
 * The kinds of things EC2's networking has, one line each: what they are called on the wire, what their ids begin with,
 * and what they have that their creator did not say. Everything else about them is common (`entity.ts`).
 */
import type { Call } from "../../host/call.ts";
import type { Body } from "./keys.ts";

export interface Kind {
  /** As in ids, tag specifications and rows. */
  readonly name: string;
  readonly prefix: string;
  readonly idMember: string;
  readonly noun: string;
  readonly notFound: string;
  /** Names of the operations, of the member a creation answers with, and of the list a description answers with. */
  readonly create: string;
  readonly describe: string;
  readonly delete: string;
  readonly one: string | null;
  readonly list: string;
  /** The input's list of ids to describe, where it is not the id's name and an s. */
  readonly idsMember?: string;
  readonly defaults: (call: Call, input: Body, id: string) => Body;
  /** Kinds whose rows naming this one stop its deletion. */
  readonly holds?: readonly string[];
}

const available = { State: "available" };
const none = (): Body => ({});
const zoneOf = (call: Call, input: Body): string => {
  const zone = input["AvailabilityZone"];
  return typeof zone === "string" ? zone : `${call.region}a`;
};

/** `us-east-1b` is `use1-az2` here, in every account. */
export const zoneId = (zone: string): string => {
  const [area = "", direction = "", rest = ""] = zone.split("-");
  const initials = direction.replace(
    /^(north|south)?(east|west|central)?$/,
    (_all, a = "", b = "") => `${String(a).charAt(0)}${String(b).charAt(0)}`,
  );
  return `${area}${initials}${rest.slice(0, -1)}-az${rest.charCodeAt(rest.length - 1) - 96}`;
};

type Spec = Pick<Kind, "prefix" | "idMember"> & Partial<Kind>;

/** `kindOf("Vpc", …)`: operations CreateVpc, DescribeVpcs, DeleteVpc unless the spec says otherwise. */
function kindOf(noun: string, spec: Spec): Kind {
  const name = noun.replaceAll(/(?<=[a-z])(?=[A-Z])/g, "-").toLowerCase();
  return {
    name,
    noun: name.replaceAll("-", " "),
    notFound: `Invalid${noun}ID.NotFound`,
    create: `Create${noun}`,
    describe: `Describe${noun}s`,
    delete: `Delete${noun}`,
    one: noun,
    list: `${noun}s`,
    defaults: none,
    ...spec,
  };
}

export const kinds: readonly Kind[] = [
  kindOf("Vpc", {
    prefix: "vpc",
    idMember: "VpcId",
    noun: "vpc",
    holds: ["subnet", "security-group-own", "vpc-endpoint"],
    defaults: (_call, input, id) => ({
      ...available,
      DhcpOptionsId: "dopt-00000000000000000",
      InstanceTenancy: "default",
      IsDefault: false,
      CidrBlockAssociationSet: [
        {
          AssociationId: `vpc-cidr-assoc-${id.slice(4)}`,
          CidrBlock: input["CidrBlock"],
          CidrBlockState: { State: "associated" },
        },
      ],
    }),
  }),
  kindOf("Subnet", {
    prefix: "subnet",
    idMember: "SubnetId",
    holds: ["nat-gateway"],
    defaults: (call, input, id) => ({
      ...available,
      AvailabilityZone: zoneOf(call, input),
      AvailabilityZoneId: zoneId(zoneOf(call, input)),
      AvailableIpAddressCount: addressesIn(input["CidrBlock"]) - 5,
      AssignIpv6AddressOnCreation: false,
      DefaultForAz: false,
      Ipv6CidrBlockAssociationSet: [],
      MapPublicIpOnLaunch: false,
      SubnetArn: `arn:${call.partition}:ec2:${call.region}:${call.accountId}:subnet/${id}`,
    }),
  }),
  kindOf("InternetGateway", {
    prefix: "igw",
    idMember: "InternetGatewayId",
    defaults: () => ({ Attachments: [] }),
  }),
  kindOf("EgressOnlyInternetGateway", {
    prefix: "eigw",
    idMember: "EgressOnlyInternetGatewayId",
    defaults: (_call, input) => ({ Attachments: [{ State: "attached", VpcId: input["VpcId"] }] }),
  }),
  kindOf("NatGateway", {
    prefix: "nat",
    idMember: "NatGatewayId",
    notFound: "NatGatewayNotFound",
    defaults: (call, input) => ({
      ...available,
      ConnectivityType: "public",
      CreateTime: call.nowMs,
      NatGatewayAddresses: [
        { AllocationId: input["AllocationId"], PrivateIp: "10.0.0.10", Status: "succeeded" },
      ],
    }),
  }),
  kindOf("RouteTable", {
    prefix: "rtb",
    idMember: "RouteTableId",
    defaults: () => ({ Associations: [], PropagatingVgws: [], Routes: [] }),
  }),
  kindOf("NetworkAcl", {
    prefix: "acl",
    idMember: "NetworkAclId",
    defaults: () => ({ Associations: [], Entries: [], IsDefault: false }),
  }),
  kindOf("SecurityGroup", {
    prefix: "sg",
    idMember: "GroupId",
    one: null,
    notFound: "InvalidGroup.NotFound",
    defaults: (call, _input, id) => ({
      IpPermissions: [],
      IpPermissionsEgress: [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] }],
      SecurityGroupArn: `arn:${call.partition}:ec2:${call.region}:${call.accountId}:security-group/${id}`,
    }),
  }),
  kindOf("VpcEndpoint", {
    prefix: "vpce",
    idMember: "VpcEndpointId",
    delete: "DeleteVpcEndpoints",
    defaults: (call, input) => ({
      ...available,
      VpcEndpointType: "Gateway",
      CreationTimestamp: call.nowMs,
      DnsEntries: [],
      Groups: ((input["SecurityGroupIds"] ?? []) as string[]).map((GroupId) => ({ GroupId })),
      NetworkInterfaceIds: [],
      PrivateDnsEnabled: false,
      RouteTableIds: [],
      SubnetIds: [],
    }),
  }),
  kindOf("LaunchTemplate", {
    prefix: "lt",
    idMember: "LaunchTemplateId",
    notFound: "InvalidLaunchTemplateId.NotFound",
    defaults: (call) => ({
      CreateTime: call.nowMs,
      CreatedBy: call.principal.arn,
      DefaultVersionNumber: 1,
      LatestVersionNumber: 1,
    }),
  }),
  kindOf("KeyPair", {
    prefix: "key",
    idMember: "KeyPairId",
    notFound: "InvalidKeyPair.NotFound",
    one: null,
    defaults: (call) => ({
      CreateTime: call.nowMs,
      KeyFingerprint: (call.random.hex(40).match(/../g) ?? []).join(":"),
      KeyType: "rsa",
    }),
  }),
  kindOf("Address", {
    prefix: "eipalloc",
    idMember: "AllocationId",
    create: "AllocateAddress",
    describe: "DescribeAddresses",
    delete: "ReleaseAddress",
    one: null,
    list: "Addresses",
    noun: "allocation",
    name: "elastic-ip",
    notFound: "InvalidAllocationID.NotFound",
    defaults: (call) => ({
      Domain: "vpc",
      NetworkBorderGroup: call.region,
      PublicIp: `52.${1 + call.random.integer(250)}.${1 + call.random.integer(250)}.${1 + call.random.integer(250)}`,
      PublicIpv4Pool: "amazon",
    }),
  }),
  kindOf("NetworkInterface", {
    prefix: "eni",
    idMember: "NetworkInterfaceId",
    defaults: () => ({ Status: "available", SourceDestCheck: true, PrivateIpAddress: "10.0.0.11" }),
  }),
  kindOf("VpcPeeringConnection", {
    prefix: "pcx",
    idMember: "VpcPeeringConnectionId",
    defaults: () => ({ Status: { Code: "active", Message: "Active" } }),
  }),
  kindOf("DhcpOptions", {
    prefix: "dopt",
    idMember: "DhcpOptionsId",
    describe: "DescribeDhcpOptions",
    list: "DhcpOptions",
    idsMember: "DhcpOptionsIds",
  }),
  kindOf("CustomerGateway", { prefix: "cgw", idMember: "CustomerGatewayId", defaults: () => available }),
  kindOf("VpnGateway", {
    prefix: "vgw",
    idMember: "VpnGatewayId",
    defaults: () => ({ ...available, VpcAttachments: [] }),
  }),
  kindOf("Instance", {
    prefix: "i",
    idMember: "InstanceId",
    create: "RunInstances",
    delete: "TerminateInstances",
    one: null,
    defaults: (call, input) => ({
      AmiLaunchIndex: 0,
      Architecture: "x86_64",
      EbsOptimized: false,
      InstanceType: "t3.micro",
      LaunchTime: call.nowMs,
      Monitoring: { State: "disabled" },
      Placement: { AvailabilityZone: zoneOf(call, input), Tenancy: "default" },
      PrivateDnsName: "ip-10-0-0-12.ec2.internal",
      PrivateIpAddress: "10.0.0.12",
      ReservationId: `r-${call.random.hex(17)}`,
      State: { Code: 16, Name: "running" },
    }),
  }),
  kindOf("Volume", {
    prefix: "vol",
    idMember: "VolumeId",
    one: null,
    defaults: (call) => ({ ...available, CreateTime: call.nowMs, Encrypted: false, VolumeType: "gp3" }),
  }),
];

export const kindNamed = (name: string): Kind => {
  const kind = kinds.find((each) => each.name === name);
  if (kind === undefined) throw new Error(`no kind ${name}`);
  return kind;
};

/** The kind an id is of. */
export const kindOfId = (id: string): Kind | undefined =>
  kinds.find(({ prefix }) => id.startsWith(`${prefix}-`));

function addressesIn(cidr: unknown): number {
  const bits = Number(typeof cidr === "string" ? cidr.split("/")[1] : 24);
  return 2 ** (32 - (Number.isInteger(bits) ? bits : 24));
}
