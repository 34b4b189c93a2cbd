/** Security groups and their rules. */
import type { Call } from "../../../host/call.ts";
import { AwsError } from "../../../kernel/errors.ts";
import type { In, Out } from "../client.ts";
import { all, change, create, get, need, remove } from "../entity.ts";
import { missingParameter } from "../errors.ts";
import { defaults } from "../keys.ts";
import { kindNamed } from "../kinds.ts";
import { ensureDefaults } from "../network.ts";

const groups = kindNamed("security-group");

export function createSecurityGroup(
  call: Call,
  input: In<"CreateSecurityGroup">,
): Out<"CreateSecurityGroup"> {
  ensureDefaults(call);
  const { GroupName, Description, VpcId = defaults.get(call.tx, [])?.vpcId } = input;
  if (GroupName === undefined) throw missingParameter("GroupName");
  if (Description === undefined) throw missingParameter("GroupDescription");
  need(call, kindNamed("vpc"), VpcId);
  for (const { row } of all(call, groups)) {
    if (row.body["GroupName"] === GroupName && row.body["VpcId"] === VpcId) {
      throw new AwsError(
        "InvalidGroup.Duplicate",
        `The security group '${GroupName}' already exists for VPC '${VpcId}'`,
      );
    }
  }
  const { id, row } = create(call, groups, { ...input, VpcId });
  return {
    GroupId: id,
    SecurityGroupArn: String(row.body["SecurityGroupArn"]),
    Tags: Object.entries(row.tags).map(([Key, Value]) => ({ Key, Value })),
  };
}

export function deleteSecurityGroup(
  call: Call,
  input: In<"DeleteSecurityGroup">,
): Out<"DeleteSecurityGroup"> {
  const id = idOf(call, input);
  remove(call, groups, id);
  return { Return: true, GroupId: id };
}

function idOf(
  call: Call,
  input: { readonly GroupId?: string | undefined; readonly GroupName?: string | undefined },
): string {
  if (input.GroupId !== undefined) {
    need(call, groups, input.GroupId);
    return input.GroupId;
  }
  for (const { id, row } of all(call, groups)) if (row.body["GroupName"] === input.GroupName) return id;
  throw new AwsError("InvalidGroup.NotFound", `The security group '${input.GroupName}' does not exist`);
}

type Permission = Readonly<Record<string, unknown>>;
interface RuleInput {
  readonly GroupId?: string | undefined;
  readonly GroupName?: string | undefined;
  readonly IpPermissions?: readonly unknown[] | undefined;
  readonly IpProtocol?: string | undefined;
  readonly FromPort?: number | undefined;
  readonly ToPort?: number | undefined;
  readonly CidrIp?: string | undefined;
}

const permissionsIn = (input: RuleInput): Permission[] =>
  input.IpPermissions !== undefined && input.IpPermissions.length > 0
    ? (input.IpPermissions as Permission[])
    : [
        {
          IpProtocol: input.IpProtocol ?? "-1",
          ...(input.FromPort === undefined ? {} : { FromPort: input.FromPort }),
          ...(input.ToPort === undefined ? {} : { ToPort: input.ToPort }),
          ...(input.CidrIp === undefined ? {} : { IpRanges: [{ CidrIp: input.CidrIp }] }),
        },
      ];

const same = (a: unknown, b: unknown): boolean => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));

/** Members in one order and without what is empty or only describes, so that rules compare by what they allow. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).filter(
    ([name, member]) =>
      name !== "Description" && !(Array.isArray(member) && member.length === 0) && member !== undefined,
  );
  return Object.fromEntries(
    members.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, member]) => [name, sorted(member)]),
  );
}

const edit =
  (member: "IpPermissions" | "IpPermissionsEgress", adds: boolean) =>
  (call: Call, input: RuleInput): { Return: true } => {
    const id = idOf(call, input);
    const now = (get(call, groups, id)?.body[member] ?? []) as readonly Permission[];
    const asked = permissionsIn(input);
    if (adds) {
      const twice = asked.find((permission) => now.some((each) => same(each, permission)));
      if (twice !== undefined) {
        throw new AwsError(
          "InvalidPermission.Duplicate",
          `the specified rule "${JSON.stringify(twice)}" already exists`,
        );
      }
    }
    const next = adds
      ? [...now, ...asked]
      : now.filter((each) => !asked.some((permission) => same(each, permission)));
    if (!adds && next.length === now.length) {
      throw new AwsError(
        "InvalidPermission.NotFound",
        "The specified rule does not exist in this security group.",
      );
    }
    change(call, groups, id, { [member]: next });
    return { Return: true };
  };

export const authorizeSecurityGroupIngress = edit("IpPermissions", true);
export const authorizeSecurityGroupEgress = edit("IpPermissionsEgress", true);
export const revokeSecurityGroupIngress = edit("IpPermissions", false);
export const revokeSecurityGroupEgress = edit("IpPermissionsEgress", false);
