/**
 * Filters: a name says by its words where in the description to look (`association.subnet-id` is `SubnetId` of any of
 * `Associations`), a value may have wildcards.
 */
import { scalar } from "./keys.ts";

export interface Filter {
  readonly Name?: string | undefined;
  readonly Values?: readonly string[] | undefined;
}

/** Names whose words are not those of the member. */
const aliases: Readonly<Record<string, string>> = {
  availabilityZone: "availability-zone",
  cidr: "cidr-block",
  cidrBlock: "cidr-block",
  "association.main": "associations.main",
  attachment: "attachments",
  "default-for-az": "default-for-az",
  isDefault: "is-default",
  "is-default": "is-default",
  default: "is-default",
  "dhcp-options-id": "dhcp-options-id",
};

export function fits(entity: Readonly<Record<string, unknown>>, { Name = "", Values = [] }: Filter): boolean {
  const tags = entity["Tags"] as readonly { readonly Key: string; readonly Value: string }[];
  const wanted = Values.map(wildcard);
  const matches = (text: string): boolean => wanted.some((pattern) => pattern.test(text));
  if (Name.startsWith("tag:")) {
    return tags.some(({ Key, Value }) => Key === Name.slice(4) && matches(Value));
  }
  if (Name === "tag-key") return tags.some(({ Key }) => matches(Key));
  return valuesAt(entity, (aliases[Name] ?? Name).split(".")).some(matches);
}

function valuesAt(value: unknown, path: readonly string[]): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => valuesAt(item, path));
  const [first, ...rest] = path;
  if (first === undefined) {
    return value === undefined || value === null || typeof value === "object" ? [] : [scalar(value)];
  }
  if (typeof value !== "object" || value === null) return [];
  const members = value as Record<string, unknown>;
  const name = first.replaceAll(/(?:^|-)([a-z0-9])/g, (_all, letter: string) => letter.toUpperCase());
  for (const candidate of [name, `${name}s`, `${name}Set`]) {
    if (members[candidate] !== undefined) return valuesAt(members[candidate], rest);
  }
  return [];
}

const wildcard = (text: string): RegExp =>
  new RegExp(
    `^${text
      .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
      .replaceAll("*", ".*")
      .replaceAll("?", ".")}$`,
  );
