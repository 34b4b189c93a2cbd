/** Tags of functions, event source mappings and code signing configurations. */
import type { Call } from "../../../host/call.ts";
import { functionNotFound, invalidParameter, notFound } from "../errors.ts";
import { codeSignings, functions, latest, mappings, versions } from "../keys.ts";
import { limits } from "../limits.ts";
import type { In, Out } from "../sdk.ts";

type Tags = Readonly<Record<string, string>>;

interface Tagged {
  readonly tags: Tags;
  write(tags: Tags): void;
}

function requireTagged(call: Call, arn: string): Tagged {
  const [, , , , , kind = "", id = "", qualifier] = arn.split(":");
  if (kind === "function") {
    const row = functions.get(call.tx, [id]);
    if (qualifier !== undefined) {
      throw invalidParameter(
        "Tags on function aliases and versions are not supported. Please specify a function ARN.",
      );
    }
    if (row === undefined) throw functionNotFound(arn);
    return {
      tags: row.tags,
      write(tags) {
        functions.set(call.tx, [id], { ...row, tags });
        const version = versions.get(call.tx, [id, latest]);
        if (version === undefined) return;
        versions.set(call.tx, [id, latest], { ...version, revisionId: call.random.uuid() });
      },
    };
  }
  if (kind === "event-source-mapping") {
    const row = mappings.get(call.tx, [id]);
    if (row === undefined) throw notFound(`Event source mapping not found: ${arn}`);
    return { tags: row.tags, write: (tags) => mappings.set(call.tx, [id], { ...row, tags }) };
  }
  if (kind === "code-signing-config") {
    const row = codeSignings.get(call.tx, [id]);
    if (row === undefined) throw notFound(`Code signing config not found: ${arn}`);
    return { tags: row.tags, write: (tags) => codeSignings.set(call.tx, [id], { ...row, tags }) };
  }
  if (kind === "capacity-provider") throw notFound(`Capacity provider not found: ${arn}`);
  throw invalidParameter("An error occurred and the request cannot be processed.");
}

export function listTags(call: Call, input: In<"ListTags">): Out<"ListTags"> {
  return { Tags: { ...requireTagged(call, input.Resource).tags } };
}

export function tagResource(call: Call, input: In<"TagResource">): void {
  const tagged = requireTagged(call, input.Resource);
  if (Object.keys(input.Tags).length === 0) {
    throw invalidParameter("An error occurred and the request cannot be processed.");
  }
  const tags = { ...tagged.tags, ...input.Tags };
  if (Object.keys(tags).length > limits.tagsMax) {
    throw invalidParameter("Number of tags exceeds resource tag limit.");
  }
  tagged.write(tags);
}

export function untagResource(call: Call, input: In<"UntagResource">): void {
  const tagged = requireTagged(call, input.Resource);
  const gone = new Set(input.TagKeys);
  tagged.write(Object.fromEntries(Object.entries(tagged.tags).filter(([key]) => !gone.has(key))));
}
