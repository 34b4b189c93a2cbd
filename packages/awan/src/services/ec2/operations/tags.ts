/** CreateTags, DeleteTags, DescribeTags: over everything, by id. */
import type { Call } from "../../../host/call.ts";
import { AwsError } from "../../../kernel/errors.ts";
import type { In, Out } from "../client.ts";
import { need } from "../entity.ts";
import { fits } from "../filters.ts";
import { entities } from "../keys.ts";
import { type Kind, kindOfId } from "../kinds.ts";

function kindOf(id: string): Kind {
  const kind = kindOfId(id);
  if (kind === undefined) throw new AwsError("InvalidID", `The ID '${id}' is not valid`);
  return kind;
}

export function createTags(call: Call, input: In<"CreateTags">): void {
  const added = Object.fromEntries((input.Tags ?? []).map(({ Key, Value }) => [Key ?? "", Value ?? ""]));
  for (const id of input.Resources ?? []) setTags(call, id, (tags) => ({ ...tags, ...added }));
}

export function deleteTags(call: Call, input: In<"DeleteTags">): void {
  const gone = input.Tags;
  for (const id of input.Resources ?? []) {
    setTags(call, id, (tags) =>
      Object.fromEntries(
        Object.entries(tags).filter(
          ([key, value]) =>
            gone !== undefined &&
            !gone.some(({ Key, Value }) => Key === key && (Value === undefined || Value === value)),
        ),
      ),
    );
  }
}

export function setTags(
  call: Call,
  id: string,
  changed: (tags: Readonly<Record<string, string>>) => Record<string, string>,
): void {
  const kind = kindOf(id);
  const row = need(call, kind, id);
  entities.set(call.tx, [kind.name, id], { body: row.body, tags: changed(row.tags) });
}

export function describeTags(call: Call, input: In<"DescribeTags">): Out<"DescribeTags"> {
  const found = [...entities.scan(call.tx, [])].flatMap(({ key, value }) =>
    Object.entries(value.tags).map(([Key, Value]) => ({
      Key,
      ResourceId: key[1],
      ResourceType: key[0] as "vpc",
      Value,
      Tags: [{ Key, Value }],
    })),
  );
  const fitting = found.filter((tag) =>
    (input.Filters ?? []).every(({ Name, Values }) => fits(tag, { Name, Values })),
  );
  return { Tags: fitting.map(({ Tags: _own, ...tag }) => tag) };
}
