/** Tags, which live in the records they belong to: APIs, stages, domain names, VPC links. */
import type { Call } from "../../../host/call.ts";
import type { Input, Output } from "../client.ts";
import { badRequest, notFound } from "../errors.ts";
import { apis, domainNames, stages, vpcLinks } from "../keys.ts";
import { findApi, findDomainName, findStage } from "../lookup.ts";

type Tags = Readonly<Record<string, string>>;

interface Tagged {
  readonly tags: Tags;
  readonly set: (tags: Record<string, string>) => void;
}

/** `arn:aws:apigateway:us-east-1::/apis/a1b2c3/stages/dev` → the record it names. */
function tagged(call: Call, arn: string): Tagged {
  const parts = /^arn:[^:]+:apigateway:[^:]*::?\/(.*)$/.exec(decodeURIComponent(arn));
  const path = (parts?.[1] ?? "").split("/");
  if (path[0] === "apis" && path.length === 2) {
    const row = findApi(call, path[1] as string);
    return { tags: row.Tags ?? {}, set: (Tags) => apis.set(call.tx, [path[1] as string], { ...row, Tags }) };
  }
  if (path[0] === "apis" && path[2] === "stages" && path.length === 4) {
    const key: [string, string] = [path[1] as string, path[3] as string];
    const row = findStage(call, ...key);
    return { tags: row.Tags ?? {}, set: (Tags) => stages.set(call.tx, key, { ...row, Tags }) };
  }
  if (path[0] === "domainnames" && path.length === 2) {
    const row = findDomainName(call, path[1] as string);
    return {
      tags: row.Tags ?? {},
      set: (Tags) => domainNames.set(call.tx, [path[1] as string], { ...row, Tags }),
    };
  }
  if (path[0] === "vpclinks" && path.length === 2) {
    const row = vpcLinks.get(call.tx, [path[1] as string]);
    if (row === undefined) throw notFound("Invalid resource identifier specified");
    return {
      tags: row.Tags ?? {},
      set: (Tags) => vpcLinks.set(call.tx, [path[1] as string], { ...row, Tags }),
    };
  }
  throw badRequest("Invalid resource ARN specified in the request");
}

export function getTags(call: Call, input: Input<"GetTags">): Output<"GetTags"> {
  return { Tags: { ...tagged(call, input.ResourceArn).tags } };
}

export function tagResource(call: Call, input: Input<"TagResource">): void {
  const record = tagged(call, input.ResourceArn);
  record.set({ ...record.tags, ...input.Tags });
}

export function untagResource(call: Call, input: Input<"UntagResource">): void {
  const record = tagged(call, input.ResourceArn);
  record.set(
    Object.fromEntries(Object.entries(record.tags).filter(([name]) => !input.TagKeys.includes(name))),
  );
}
