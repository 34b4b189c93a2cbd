/**
 * CloudFormation's `AWS::EC2::*` networking. Most types are a line: which kind they make, their properties, and which
 * members their attributes are. What only ties two things together is in `resource-ties.ts`.
 */
import type { Call } from "../../host/call.ts";
import type { Properties, PropertyKind, ResourceProvider, ResourceState } from "../../host/resource.ts";
import { change, idWhere, get } from "./entity.ts";
import { type Body, scalar } from "./keys.ts";
import { type Kind, kindNamed } from "./kinds.ts";
import { setTags } from "./operations/tags.ts";
import { permissionOf } from "./permission.ts";
import { ties } from "./resource-ties.ts";

interface Spec {
  readonly type: string;
  readonly kind: string;
  /** Names by spaces; `!` replaces, `*` is required (and replaces). */
  readonly properties: string;
  /** Attributes that are the member of the same name, or `Attribute=Member`. */
  readonly attributes?: string;
  /** Further attributes. */
  readonly more?: (call: Call, id: string, body: Body) => Readonly<Record<string, unknown>>;
  /** `Ref`, where it is not the id. */
  readonly ref?: string;
  /** The input of the creation, where it is not just the properties. */
  readonly input?: (properties: Properties, name: string) => Body;
  /** What has to be said about it after it was made, and whenever it changes. */
  readonly settle?: (call: Call, id: string, properties: Properties) => void;
}

const groupMembers = (call: Call, id: string, vpc: string): unknown[] =>
  (
    call.invoke("ec2", "DescribeSecurityGroups", { Filters: [{ Name: "vpc-id", Values: [vpc] }] })[
      "SecurityGroups"
    ] as { GroupId: string; GroupName: string }[]
  ).filter(({ GroupName }) => GroupName === "default" && id !== "");

/** What of an instance's properties RunInstances is told. */
const launched = new Set([
  "EbsOptimized",
  "ImageId",
  "InstanceType",
  "KeyName",
  "LaunchTemplate",
  "SecurityGroupIds",
  "SubnetId",
]);

const specs: readonly Spec[] = [
  {
    type: "AWS::EC2::VPC",
    kind: "vpc",
    properties:
      "CidrBlock! EnableDnsHostnames EnableDnsSupport InstanceTenancy Ipv4IpamPoolId! Ipv4NetmaskLength! Tags",
    attributes: "VpcId CidrBlock",
    more: (call, id, body) => ({
      CidrBlockAssociations: (body["CidrBlockAssociationSet"] as { AssociationId: string }[]).map(
        ({ AssociationId }) => AssociationId,
      ),
      DefaultSecurityGroup: (groupMembers(call, id, id)[0] as { GroupId: string } | undefined)?.GroupId ?? "",
      DefaultNetworkAcl: firstOf(call, "NetworkAcls", "NetworkAclId", id),
      Ipv6CidrBlocks: [],
    }),
    input: ({ EnableDnsHostnames: _hostnames, EnableDnsSupport: _support, ...rest }) => rest,
    settle: (call, id, properties) => {
      for (const name of ["EnableDnsHostnames", "EnableDnsSupport"]) {
        if (properties[name] === undefined) continue;
        call.invoke("ec2", "ModifyVpcAttribute", { VpcId: id, [name]: { Value: properties[name] } });
      }
    },
  },
  {
    type: "AWS::EC2::Subnet",
    kind: "subnet",
    properties:
      "AssignIpv6AddressOnCreation AvailabilityZone! AvailabilityZoneId! CidrBlock! EnableDns64 Ipv6CidrBlock! Ipv6Native! MapPublicIpOnLaunch OutpostArn! PrivateDnsNameOptionsOnLaunch Tags VpcId*",
    attributes: "SubnetId VpcId AvailabilityZone AvailabilityZoneId CidrBlock OutpostArn",
    more: (_call, id) => ({ NetworkAclAssociationId: `aclassoc-${id.slice(7)}`, Ipv6CidrBlocks: [] }),
  },
  {
    type: "AWS::EC2::InternetGateway",
    kind: "internet-gateway",
    properties: "Tags",
    attributes: "InternetGatewayId",
  },
  {
    type: "AWS::EC2::EgressOnlyInternetGateway",
    kind: "egress-only-internet-gateway",
    properties: "Tags VpcId*",
    attributes: "Id=EgressOnlyInternetGatewayId",
  },
  {
    type: "AWS::EC2::NatGateway",
    kind: "nat-gateway",
    properties:
      "AllocationId! ConnectivityType! MaxDrainDurationSeconds PrivateIpAddress! SecondaryAllocationIds SecondaryPrivateIpAddressCount SecondaryPrivateIpAddresses SubnetId* Tags",
    attributes: "NatGatewayId",
  },
  {
    type: "AWS::EC2::RouteTable",
    kind: "route-table",
    properties: "Tags VpcId*",
    attributes: "RouteTableId",
  },
  {
    type: "AWS::EC2::NetworkAcl",
    kind: "network-acl",
    properties: "Tags VpcId*",
    attributes: "Id=NetworkAclId",
  },
  {
    type: "AWS::EC2::SecurityGroup",
    kind: "security-group",
    properties: "GroupDescription* GroupName! SecurityGroupEgress SecurityGroupIngress Tags VpcId!",
    attributes: "GroupId VpcId Id=GroupId",
    input: ({ GroupDescription, GroupName, VpcId }, name) => ({
      Description: GroupDescription,
      GroupName: GroupName ?? name,
      ...(VpcId === undefined ? {} : { VpcId }),
    }),
    settle: (call, id, { SecurityGroupIngress: ingress, SecurityGroupEgress: egress }) => {
      change(call, kindNamed("security-group"), id, {
        ...(ingress === undefined ? {} : { IpPermissions: (ingress as Body[]).map(permissionOf) }),
        ...(egress === undefined ? {} : { IpPermissionsEgress: (egress as Body[]).map(permissionOf) }),
      });
    },
  },
  {
    type: "AWS::EC2::VPCEndpoint",
    kind: "vpc-endpoint",
    properties:
      "DnsOptions IpAddressType PolicyDocument PrivateDnsEnabled ResourceConfigurationArn! RouteTableIds SecurityGroupIds ServiceName! ServiceNetworkArn! ServiceRegion! SubnetIds Tags VpcEndpointType! VpcId*",
    attributes: "Id=VpcEndpointId DnsEntries NetworkInterfaceIds CreationTimestamp",
    input: ({ PolicyDocument: policy, ...rest }) => ({
      ...rest,
      ...(policy === undefined
        ? {}
        : { PolicyDocument: typeof policy === "string" ? policy : JSON.stringify(policy) }),
    }),
  },
  {
    type: "AWS::EC2::LaunchTemplate",
    kind: "launch-template",
    properties: "LaunchTemplateData LaunchTemplateName! TagSpecifications! VersionDescription",
    attributes: "LaunchTemplateId DefaultVersionNumber LatestVersionNumber",
  },
  {
    type: "AWS::EC2::KeyPair",
    kind: "key-pair",
    properties: "KeyFormat! KeyName! KeyType! PublicKeyMaterial! Tags!",
    attributes: "KeyPairId KeyFingerprint",
    ref: "KeyName",
  },
  {
    type: "AWS::EC2::EIP",
    kind: "elastic-ip",
    properties:
      "Address! Domain! InstanceId IpamPoolId! NetworkBorderGroup! PublicIpv4Pool Tags TransferAddress!",
    attributes: "AllocationId PublicIp",
    ref: "PublicIp",
  },
  {
    type: "AWS::EC2::NetworkInterface",
    kind: "network-interface",
    properties:
      "Description GroupSet InterfaceType! PrivateIpAddress! PrivateIpAddresses SecondaryPrivateIpAddressCount SourceDestCheck SubnetId* Tags",
    attributes: "Id=NetworkInterfaceId PrimaryPrivateIpAddress=PrivateIpAddress",
  },
  {
    type: "AWS::EC2::VPCPeeringConnection",
    kind: "vpc-peering-connection",
    properties: "PeerOwnerId! PeerRegion! PeerRoleArn! PeerVpcId* Tags VpcId*",
    attributes: "Id=VpcPeeringConnectionId",
  },
  {
    type: "AWS::EC2::DHCPOptions",
    kind: "dhcp-options",
    properties:
      "DomainName! DomainNameServers! Ipv6AddressPreferredLeaseTime! NetbiosNameServers! NetbiosNodeType! NtpServers! Tags",
    attributes: "DhcpOptionsId",
  },
  {
    type: "AWS::EC2::CustomerGateway",
    kind: "customer-gateway",
    properties: "BgpAsn! BgpAsnExtended! CertificateArn! DeviceName! IpAddress! Tags Type*",
    attributes: "CustomerGatewayId",
  },
  {
    type: "AWS::EC2::VPNGateway",
    kind: "vpn-gateway",
    properties: "AmazonSideAsn! Tags Type*",
    attributes: "VPNGatewayId=VpnGatewayId",
  },
  {
    type: "AWS::EC2::Instance",
    kind: "instance",
    properties:
      "AdditionalInfo AvailabilityZone! BlockDeviceMappings CpuOptions! CreditSpecification DisableApiTermination EbsOptimized EnclaveOptions! HibernationOptions! IamInstanceProfile ImageId! InstanceInitiatedShutdownBehavior InstanceType KernelId KeyName! LaunchTemplate! MetadataOptions Monitoring NetworkInterfaces! PrivateIpAddress! PropagateTagsToVolumeOnCreation RamdiskId SecurityGroupIds SecurityGroups! SourceDestCheck SsmAssociations SubnetId! Tags Tenancy UserData Volumes",
    attributes: "InstanceId PrivateIp=PrivateIpAddress PrivateDnsName VpcId",
    more: (_call, _id, { Placement }) => ({
      AvailabilityZone: (Placement as { AvailabilityZone?: string } | undefined)?.AvailabilityZone ?? "",
      PublicDnsName: "",
      PublicIp: "",
    }),
    input: (properties) => ({
      MinCount: 1,
      MaxCount: 1,
      ...Object.fromEntries(Object.entries(properties).filter(([name]) => launched.has(name))),
    }),
  },
  {
    type: "AWS::EC2::Volume",
    kind: "volume",
    properties:
      "AutoEnableIO AvailabilityZone! Encrypted! Iops KmsKeyId! MultiAttachEnabled OutpostArn! Size SnapshotId! Tags Throughput VolumeType",
    attributes: "VolumeId",
  },
];

function firstOf(call: Call, list: string, member: string, vpcId: string): unknown {
  const answer = call.invoke("ec2", `Describe${list}`, { Filters: [{ Name: "vpc-id", Values: [vpcId] }] });
  return (answer[list] as Body[])[0]?.[member] ?? "";
}

/** What a creation answers with: the entity itself, under its name, or in a list of one. */
function madeIn(answer: Body, kind: Kind): Body {
  if (kind.one !== null) return answer[kind.one] as Body;
  const list = answer[kind.list];
  return Array.isArray(list) ? (list[0] as Body) : answer;
}

function provider(spec: Spec): ResourceProvider {
  const kind = kindNamed(spec.kind);
  const names = spec.properties.split(" ");
  const properties: Record<string, PropertyKind> = Object.fromEntries(
    names.map((name) => [name.replace(/[!*]/, ""), /[!*]/.test(name) ? "replace" : "mutable"]),
  );
  const idOf = (call: Call, physicalId: string): string =>
    spec.ref === undefined ? physicalId : (idWhere(call, kind, spec.ref, physicalId) ?? physicalId);
  const state = (call: Call, id: string): ResourceState => {
    const body = get(call, kind, id)?.body ?? {};
    const own = (spec.attributes ?? "").split(" ").map((pair) => pair.split("=") as [string, string?]);
    return {
      physicalId: spec.ref === undefined ? id : scalar(body[spec.ref]),
      attributes: {
        ...Object.fromEntries(own.map(([name, member]) => [name, body[member ?? name] ?? ""])),
        ...spec.more?.(call, id, body),
      },
    };
  };
  return {
    type: spec.type,
    properties,
    required: names.filter((name) => name.endsWith("*")).map((name) => name.slice(0, -1)),
    create: (call, request) => {
      const { Tags, ...given } = request.properties;
      const input = spec.input?.(given, request.generateName({ lengthMax: 255 })) ?? given;
      const answer = call.invoke("ec2", kind.create, input);
      const made = madeIn(answer, kind);
      const id = scalar(made[kind.idMember]);
      tag(call, id, request.stack.tags, Tags);
      spec.settle?.(call, id, request.properties);
      return state(call, id);
    },
    update: (call, request) => {
      const id = idOf(call, request.physicalId);
      const { Tags, ...given } = request.properties;
      const input = spec.input?.(given, "") ?? given;
      const kept = Object.entries(input).filter(([name]) => properties[name] === "mutable");
      change(call, kind, id, Object.fromEntries(kept));
      tag(call, id, request.stack.tags, Tags);
      spec.settle?.(call, id, request.properties);
      return state(call, id);
    },
    delete: (call, { physicalId }) => {
      const id = idOf(call, physicalId);
      const input = /^(DeleteVpcEndpoints|TerminateInstances)$/.test(kind.delete)
        ? { [`${kind.idMember}s`]: [id] }
        : { [kind.idMember]: id };
      call.invoke("ec2", kind.delete, input);
    },
  };
}

function tag(call: Call, id: string, stackTags: Readonly<Record<string, string>>, own: unknown): void {
  const list = (own ?? []) as readonly { readonly Key: string; readonly Value: string }[];
  setTags(call, id, () => ({
    ...stackTags,
    ...Object.fromEntries(list.map(({ Key, Value }) => [Key, Value])),
  }));
}

export const providers: readonly ResourceProvider[] = [...specs.map(provider), ...ties];
