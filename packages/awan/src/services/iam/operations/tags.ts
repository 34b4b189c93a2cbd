/** Tags: the same three operations over whatever row has them. */
import type { Tag } from "@aws-sdk/client-iam";
import type { Call } from "../../../host/call.ts";
import type { Table } from "../../../store/table.ts";
import { globally, tagList, tagsFrom, withoutTags } from "../entity.ts";
import { findRole, findUser } from "../identity.ts";
import {
  instanceProfiles,
  oidcProviders,
  policies,
  roles,
  samlProviders,
  serverCertificates,
  type Tags,
  users,
} from "../keys.ts";
import { findProfile } from "./instance-profiles.ts";
import { findPolicy } from "./policies.ts";
import { findOidc, findSaml } from "./providers.ts";
import { findCertificate } from "./server-certificates.ts";

interface Owner<Row, Member extends string> {
  readonly table: Table<[name: string], Row>;
  readonly find: (call: Call, name: string) => Row;
  /** What its inputs call it by. */
  readonly member: Member;
}

type Naming<Member extends string> = { readonly [Name in Member]: string };

function tagging<Row extends { readonly tags: Tags }, Member extends string>(owner: Owner<Row, Member>) {
  const { table, find, member } = owner;
  const change = (original: Call, name: string, changed: (tags: Tags) => Tags): void => {
    const call = globally(original);
    const row = find(call, name);
    table.set(call.tx, [name], { ...row, tags: changed(row.tags) });
  };
  return {
    tag: (call: Call, input: Naming<Member> & { readonly Tags: readonly Tag[] }): void =>
      change(call, input[member], (tags) => tagsFrom(input.Tags, tags)),
    untag: (call: Call, input: Naming<Member> & { readonly TagKeys: readonly string[] }): void =>
      change(call, input[member], (tags) => withoutTags(tags, input.TagKeys)),
    list: (call: Call, input: Naming<Member>): { Tags: Tag[]; IsTruncated: boolean } => ({
      Tags: tagList(find(globally(call), input[member]).tags),
      IsTruncated: false,
    }),
  };
}

export const roleTags = tagging({ table: roles, find: findRole, member: "RoleName" });
export const userTags = tagging({ table: users, find: findUser, member: "UserName" });
export const policyTags = tagging({ table: policies, find: findPolicy, member: "PolicyArn" });
export const profileTags = tagging({
  table: instanceProfiles,
  find: findProfile,
  member: "InstanceProfileName",
});
export const oidcTags = tagging({
  table: oidcProviders,
  find: findOidc,
  member: "OpenIDConnectProviderArn",
});
export const certificateTags = tagging({
  table: serverCertificates,
  find: findCertificate,
  member: "ServerCertificateName",
});
export const samlTags = tagging({ table: samlProviders, find: findSaml, member: "SAMLProviderArn" });
