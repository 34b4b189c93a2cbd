/** The resource tagging API: tags of all services in one place, and set from it. */
import { AwsError } from "../../kernel/errors.ts";
import type { Call } from "../../host/call.ts";
import type { Service } from "../../host/service.ts";
import type { Input, Operations, Output } from "../../model/operations.ts";
import { type Taggable, taggables, type Tagged } from "./taggable.ts";

type Client = typeof import("@aws-sdk/client-resource-groups-tagging-api");
type In<Name extends string> = Input<Client, Name>;
type Out<Name extends string> = Output<Client, Name>;

function* everything(call: Call): Generator<Tagged, void> {
  for (const taggable of taggables) {
    for (const resource of taggable.list(call)) if (Object.keys(resource.tags).length > 0) yield resource;
  }
}

interface TypeFilter {
  readonly ResourceTypeFilters?: readonly string[] | undefined;
}

/** `sqs` is all of a service, `dynamodb:table` its tables. */
function isOfType(arn: string, { ResourceTypeFilters: filters = [] }: TypeFilter): boolean {
  if (filters.length === 0) return true;
  const [, , service, , , ...rest] = arn.split(":");
  const type = rest.join(":").split(/[:/]/)[0];
  return filters.some((filter) => {
    const [wantedService, wantedType] = filter.split(":");
    const fits = wantedType === undefined || wantedType === type || !/[:/]/.test(rest.join(":"));
    return wantedService === service && fits;
  });
}

function getResources(call: Call, input: In<"GetResources">): Out<"GetResources"> {
  const filters = input.TagFilters ?? [];
  const arns = input.ResourceARNList ?? [];
  const fitting = [...everything(call)].filter(
    ({ arn, tags }) =>
      (arns.length === 0 || arns.includes(arn)) &&
      isOfType(arn, input) &&
      filters.every(({ Key = "", Values = [] }) => {
        const value = tags[Key];
        return value !== undefined && (Values.length === 0 || Values.includes(value));
      }),
  );
  const start = Number(
    input.PaginationToken === undefined || input.PaginationToken === "" ? 0 : input.PaginationToken,
  );
  const end = start + (input.ResourcesPerPage ?? 50);
  return {
    PaginationToken: end < fitting.length ? String(end) : "",
    ResourceTagMappingList: fitting.slice(start, end).map(({ arn, tags }) => ({
      ResourceARN: arn,
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    })),
  };
}

function getTagKeys(call: Call): Out<"GetTagKeys"> {
  const keys = new Set([...everything(call)].flatMap(({ tags }) => Object.keys(tags)));
  return { PaginationToken: "", TagKeys: [...keys].toSorted() };
}

function getTagValues(call: Call, input: In<"GetTagValues">): Out<"GetTagValues"> {
  const values = new Set([...everything(call)].flatMap(({ tags }) => tags[input.Key ?? ""] ?? []));
  return { PaginationToken: "", TagValues: [...values].toSorted() };
}

type Failed = NonNullable<Out<"TagResources">["FailedResourcesMap"]>;

/** Does it to each resource on its own: one that cannot be tagged stops no other. */
function each(
  call: Call,
  arns: readonly string[] | undefined,
  body: (taggable: Taggable, arn: string) => void,
): { readonly FailedResourcesMap: Failed } {
  const failed: Failed = {};
  for (const arn of arns ?? []) {
    const taggable = taggables.find(({ service }) => service === arn.split(":")[2]);
    const done =
      taggable === undefined
        ? new AwsError("InvalidParameterException", `Awan cannot tag ${arn} from here`)
        : call.tx.draft.attempt(() => body(taggable, arn));
    if (done instanceof AwsError) {
      failed[arn] = {
        StatusCode: done.status ?? 400,
        ErrorCode: "InvalidParameterException",
        ErrorMessage: done.message,
      };
    }
  }
  return { FailedResourcesMap: failed };
}

const tagResources = (call: Call, input: In<"TagResources">): Out<"TagResources"> =>
  each(call, input.ResourceARNList, (taggable, arn) => taggable.tag(call, arn, input.Tags ?? {}));

const untagResources = (call: Call, input: In<"UntagResources">): Out<"UntagResources"> =>
  each(call, input.ResourceARNList, (taggable, arn) => taggable.untag(call, arn, input.TagKeys ?? []));

export const service: Service = {
  name: "resourcegroupstaggingapi",
  needs: taggables.map(({ operations }) => operations),
  operations: {
    GetResources: getResources,
    GetTagKeys: getTagKeys,
    GetTagValues: getTagValues,
    TagResources: tagResources,
    UntagResources: untagResources,
  } satisfies Operations<Client>,
};
