/** The tags SAM puts first on what it makes, and those it keeps for itself. */
import { type Dict } from "../template/value.ts";
import { InvalidResource } from "./errors.ts";
import { tagList } from "./resource.ts";

const reserved = ["lambda:createdBy", "serverlessrepo:applicationId", "serverlessrepo:semanticVersion"];

export function samTags(id: string, tags: unknown, more: Dict = {}): Dict[] {
  const own = (tags ?? {}) as Dict;
  for (const name of reserved) {
    if (name in own) {
      throw new InvalidResource(
        id,
        `${name} is a reserved Tag key name and cannot be set on your resource. Please change the tag key in the input.`,
      );
    }
  }
  return [...tagList({ "lambda:createdBy": "SAM" }), ...tagList(more), ...tagList(own)];
}
