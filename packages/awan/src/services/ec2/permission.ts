/** Rules of security groups between the two ways they are written. */
import { type Body, scalar } from "./keys.ts";

/** A rule as templates write it, as the API has it. */
export function permissionOf(rule: Body): Body {
  const { CidrIp, CidrIpv6, Description, SourceSecurityGroupId, DestinationSecurityGroupId } = rule;
  const { SourcePrefixListId, DestinationPrefixListId } = rule;
  const described = Description === undefined ? {} : { Description };
  const group = SourceSecurityGroupId ?? DestinationSecurityGroupId;
  const list = SourcePrefixListId ?? DestinationPrefixListId;
  return {
    IpProtocol: scalar(rule["IpProtocol"]),
    ...(rule["FromPort"] === undefined ? {} : { FromPort: Number(rule["FromPort"]) }),
    ...(rule["ToPort"] === undefined ? {} : { ToPort: Number(rule["ToPort"]) }),
    ...(CidrIp === undefined ? {} : { IpRanges: [{ CidrIp, ...described }] }),
    ...(CidrIpv6 === undefined ? {} : { Ipv6Ranges: [{ CidrIpv6, ...described }] }),
    ...(group === undefined ? {} : { UserIdGroupPairs: [{ GroupId: group, ...described }] }),
    ...(list === undefined ? {} : { PrefixListIds: [{ PrefixListId: list, ...described }] }),
  };
}
