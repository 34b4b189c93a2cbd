/** Networks as templates make them, and as the API tells them. */
import { EC2Client } from "@aws-sdk/client-ec2";
import * as ec2 from "@aws-sdk/client-ec2";
import { expect, test } from "vitest";
import { startApp } from "awan/testing";

const template = {
  Resources: {
    Vpc: {
      Type: "AWS::EC2::VPC",
      Properties: {
        CidrBlock: "10.0.0.0/16",
        EnableDnsHostnames: true,
        Tags: [{ Key: "Name", Value: "net" }],
      },
    },
    Subnet: {
      Type: "AWS::EC2::Subnet",
      Properties: {
        VpcId: { Ref: "Vpc" },
        CidrBlock: "10.0.1.0/24",
        AvailabilityZone: { "Fn::Select": [1, { "Fn::GetAZs": "" }] },
      },
    },
    Gateway: { Type: "AWS::EC2::InternetGateway" },
    Attachment: {
      Type: "AWS::EC2::VPCGatewayAttachment",
      Properties: { VpcId: { Ref: "Vpc" }, InternetGatewayId: { Ref: "Gateway" } },
    },
    Routes: { Type: "AWS::EC2::RouteTable", Properties: { VpcId: { Ref: "Vpc" } } },
    Default: {
      Type: "AWS::EC2::Route",
      DependsOn: "Attachment",
      Properties: {
        RouteTableId: { Ref: "Routes" },
        DestinationCidrBlock: "0.0.0.0/0",
        GatewayId: { Ref: "Gateway" },
      },
    },
    Association: {
      Type: "AWS::EC2::SubnetRouteTableAssociation",
      Properties: { SubnetId: { Ref: "Subnet" }, RouteTableId: { Ref: "Routes" } },
    },
    Address: { Type: "AWS::EC2::EIP", Properties: { Domain: "vpc" } },
    Nat: {
      Type: "AWS::EC2::NatGateway",
      Properties: {
        AllocationId: { "Fn::GetAtt": ["Address", "AllocationId"] },
        SubnetId: { Ref: "Subnet" },
      },
    },
    Group: {
      Type: "AWS::EC2::SecurityGroup",
      Properties: {
        GroupDescription: "web",
        VpcId: { Ref: "Vpc" },
        SecurityGroupIngress: [{ IpProtocol: "tcp", FromPort: 443, ToPort: 443, CidrIp: "0.0.0.0/0" }],
      },
    },
    Rule: {
      Type: "AWS::EC2::SecurityGroupIngress",
      Properties: {
        GroupId: { Ref: "Group" },
        IpProtocol: "tcp",
        FromPort: "80",
        ToPort: "80",
        SourceSecurityGroupId: { Ref: "Group" },
      },
    },
    Endpoint: {
      Type: "AWS::EC2::VPCEndpoint",
      Properties: { VpcId: { Ref: "Vpc" }, ServiceName: "com.amazonaws.us-east-1.s3" },
    },
    Machine: {
      Type: "AWS::EC2::Instance",
      Properties: {
        ImageId: "ami-12345678",
        InstanceType: "t3.nano",
        SubnetId: { Ref: "Subnet" },
        SecurityGroupIds: [{ "Fn::GetAtt": ["Group", "GroupId"] }],
      },
    },
    Acl: { Type: "AWS::EC2::NetworkAcl", Properties: { VpcId: { Ref: "Vpc" } } },
    Entry: {
      Type: "AWS::EC2::NetworkAclEntry",
      Properties: {
        NetworkAclId: { Ref: "Acl" },
        RuleNumber: 100,
        Protocol: 6,
        RuleAction: "allow",
        CidrBlock: "0.0.0.0/0",
      },
    },
  },
};

test("a network is made by a template, found by filters, and goes with its stack", async () => {
  await using app = await startApp({ clock: "manual", seed: 1 });
  const cloudformation = app.client((await import("@aws-sdk/client-cloudformation")).CloudFormationClient);
  const { CreateStackCommand, DeleteStackCommand, DescribeStacksCommand } =
    await import("@aws-sdk/client-cloudformation");
  await cloudformation.send(
    new CreateStackCommand({ StackName: "net", TemplateBody: JSON.stringify(template) }),
  );
  await app.settle();
  const { Stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName: "net" }));
  expect(Stacks?.[0]?.StackStatus).toBe("CREATE_COMPLETE");

  const client = app.client(EC2Client);
  const { Vpcs } = await client.send(
    new ec2.DescribeVpcsCommand({ Filters: [{ Name: "tag:Name", Values: ["n*"] }] }),
  );
  const VpcId = Vpcs?.[0]?.VpcId ?? "";
  expect(Vpcs).toMatchObject([{ CidrBlock: "10.0.0.0/16", IsDefault: false, State: "available" }]);
  const inVpc = { Filters: [{ Name: "vpc-id", Values: [VpcId] }] };
  const { Subnets } = await client.send(new ec2.DescribeSubnetsCommand(inVpc));
  expect(Subnets).toMatchObject([{ AvailabilityZone: "us-east-1b", AvailabilityZoneId: "use1-az2" }]);
  const { RouteTables } = await client.send(
    new ec2.DescribeRouteTablesCommand({
      Filters: [{ Name: "association.subnet-id", Values: [Subnets?.[0]?.SubnetId ?? ""] }],
    }),
  );
  expect(RouteTables?.[0]?.Routes?.map(({ DestinationCidrBlock }) => DestinationCidrBlock)).toEqual([
    "10.0.0.0/16",
    "0.0.0.0/0",
  ]);
  const { SecurityGroups } = await client.send(
    new ec2.DescribeSecurityGroupsCommand({ Filters: [{ Name: "description", Values: ["web"] }] }),
  );
  expect(SecurityGroups?.[0]?.IpPermissions?.map(({ FromPort }) => FromPort)).toEqual([443, 80]);

  const { Reservations } = await client.send(
    new ec2.DescribeInstancesCommand({ Filters: [{ Name: "instance-type", Values: ["t3.nano"] }] }),
  );
  expect(Reservations?.[0]?.Instances).toMatchObject([{ VpcId, State: { Name: "running" } }]);

  await expect(client.send(new ec2.DeleteVpcCommand({ VpcId }))).rejects.toMatchObject({
    name: "DependencyViolation",
  });
  await cloudformation.send(new DeleteStackCommand({ StackName: "net" }));
  await app.settle();
  const left = await client.send(new ec2.DescribeVpcsCommand({}));
  expect(left.Vpcs).toMatchObject([{ IsDefault: true }]);
  await expect(client.send(new ec2.DescribeVpcsCommand({ VpcIds: [VpcId] }))).rejects.toMatchObject({
    name: "InvalidVpcID.NotFound",
    message: `The vpc ID '${VpcId}' does not exist`,
  });
});
