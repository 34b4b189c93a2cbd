/** Route tables with their routes, network ACLs with their entries, and the subnets both are for. */
import type { Call } from "../../../host/call.ts";
import { AwsError } from "../../../kernel/errors.ts";
import type { In, Out } from "../client.ts";
import { all, change, create, need, told } from "../entity.ts";
import type { Body } from "../keys.ts";
import { kindNamed } from "../kinds.ts";
import { associationId, createRouteTable } from "../network.ts";

const tables = kindNamed("route-table");
const acls = kindNamed("network-acl");

type Row = Readonly<Record<string, unknown>>;
const listOf = (body: Body, name: string): readonly Row[] => (body[name] ?? []) as readonly Row[];

export function createRouteTableOperation(
  call: Call,
  input: In<"CreateRouteTable">,
): Out<"CreateRouteTable"> {
  const vpc = need(call, kindNamed("vpc"), input.VpcId);
  return {
    RouteTable: told(createRouteTable(call, input.VpcId ?? "", vpc.body["CidrBlock"], input)),
  };
}

const destinations = ["DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId"];
const destinationOf = (route: Row): unknown =>
  destinations.map((name) => route[name]).find((value) => value !== undefined);

function withRoute(call: Call, input: Row, replace: boolean): void {
  const id = String(input["RouteTableId"]);
  const { body } = need(call, tables, id);
  const destination = destinationOf(input);
  const others = listOf(body, "Routes").filter((route) => destinationOf(route) !== destination);
  if (!replace && others.length < listOf(body, "Routes").length) {
    throw new AwsError(
      "RouteAlreadyExists",
      `The route identified by ${String(destination)} already exists.`,
    );
  }
  const members = Object.entries(input).filter(
    ([name, value]) => name !== "RouteTableId" && value !== undefined,
  );
  const route = { ...Object.fromEntries(members), Origin: "CreateRoute", State: "active" };
  change(call, tables, id, { Routes: [...others, route] });
}

export function createRoute(call: Call, input: In<"CreateRoute">): Out<"CreateRoute"> {
  withRoute(call, input, false);
  return { Return: true };
}

export function replaceRoute(call: Call, input: In<"ReplaceRoute">): void {
  withRoute(call, input, true);
}

export function deleteRoute(call: Call, input: In<"DeleteRoute">): void {
  const id = input.RouteTableId ?? "";
  const { body } = need(call, tables, id);
  const destination = destinationOf(input);
  const left = listOf(body, "Routes").filter((route) => destinationOf(route) !== destination);
  if (left.length === listOf(body, "Routes").length) {
    throw new AwsError(
      "InvalidRoute.NotFound",
      `no route with destination-cidr-block ${String(destination)} in route table ${id}`,
    );
  }
  change(call, tables, id, { Routes: left });
}

export function associateRouteTable(
  call: Call,
  input: In<"AssociateRouteTable">,
): Out<"AssociateRouteTable"> {
  const id = input.RouteTableId ?? "";
  const { body } = need(call, tables, id);
  if (input.SubnetId !== undefined) need(call, kindNamed("subnet"), input.SubnetId);
  const AssociationId = associationId(call, "rtbassoc");
  const association = {
    AssociationState: { State: "associated" },
    Main: false,
    RouteTableAssociationId: AssociationId,
    RouteTableId: id,
    ...(input.SubnetId === undefined ? {} : { SubnetId: input.SubnetId }),
    ...(input.GatewayId === undefined ? {} : { GatewayId: input.GatewayId }),
  };
  change(call, tables, id, { Associations: [...listOf(body, "Associations"), association] });
  return { AssociationId, AssociationState: { State: "associated" } };
}

export function disassociateRouteTable(call: Call, input: In<"DisassociateRouteTable">): void {
  for (const { id, row } of all(call, tables)) {
    const associations = listOf(row.body, "Associations");
    const left = associations.filter((each) => each["RouteTableAssociationId"] !== input.AssociationId);
    if (left.length === associations.length) continue;
    change(call, tables, id, { Associations: left });
    return;
  }
  throw new AwsError(
    "InvalidAssociationID.NotFound",
    `The association ID '${input.AssociationId}' does not exist`,
  );
}

export function createNetworkAcl(call: Call, input: In<"CreateNetworkAcl">): Out<"CreateNetworkAcl"> {
  need(call, kindNamed("vpc"), input.VpcId);
  return { NetworkAcl: told(create(call, acls, input)) };
}

const sameEntry = (a: Row, b: Row): boolean =>
  a["RuleNumber"] === b["RuleNumber"] && a["Egress"] === b["Egress"];

export function createNetworkAclEntry(call: Call, input: In<"CreateNetworkAclEntry">): void {
  const { NetworkAclId, ...entry } = input;
  const { body } = need(call, acls, NetworkAclId);
  const others = listOf(body, "Entries").filter((each) => !sameEntry(each, entry));
  change(call, acls, NetworkAclId, { Entries: [...others, entry] });
}

export function deleteNetworkAclEntry(call: Call, input: In<"DeleteNetworkAclEntry">): void {
  const { body } = need(call, acls, input.NetworkAclId);
  const left = listOf(body, "Entries").filter((each) => !sameEntry(each, input));
  change(call, acls, input.NetworkAclId ?? "", { Entries: left });
}

export function replaceNetworkAclAssociation(
  call: Call,
  input: In<"ReplaceNetworkAclAssociation">,
): Out<"ReplaceNetworkAclAssociation"> {
  const { body } = need(call, acls, input.NetworkAclId);
  const NewAssociationId = associationId(call, "aclassoc");
  const association = { NetworkAclAssociationId: NewAssociationId, NetworkAclId: input.NetworkAclId };
  change(call, acls, input.NetworkAclId ?? "", {
    Associations: [...listOf(body, "Associations"), association],
  });
  return { NewAssociationId };
}
