/** Deleting, labelling and tagging parameters. */
import type { Call } from "../../../host/call.ts";
import { AwsError } from "../../../kernel/errors.ts";
import type { Input, Output } from "../client.ts";
import { versionNotFound } from "../errors.ts";
import { labels, labelsByVersion, parameters, type ParameterRow, versions } from "../keys.ts";
import { labelsPerVersionMax } from "../limits.ts";
import { findParameter, nameOf, storedName } from "../parameter.ts";
import { checkNewTags } from "../tags.ts";
import { removeParameter } from "../write.ts";

export function deleteParameter(call: Call, input: Input<"DeleteParameter">): void {
  const name = storedName(nameOf(input.Name));
  findParameter(call, name);
  removeParameter(call, name);
}

export function deleteParameters(call: Call, input: Input<"DeleteParameters">): Output<"DeleteParameters"> {
  const DeletedParameters: string[] = [];
  const InvalidParameters: string[] = [];
  for (const name of input.Names) {
    if (parameters.has(call.tx, [storedName(name)])) {
      removeParameter(call, storedName(name));
      DeletedParameters.push(name);
    } else InvalidParameters.push(name);
  }
  return { DeletedParameters, InvalidParameters };
}

const isLabel = (label: string): boolean =>
  /^[A-Za-z_.-][A-Za-z0-9_.-]*$/.test(label) && !/^(aws|ssm)/i.test(label);

function versionOf(call: Call, name: string, asked: number | undefined): number {
  const { latestVersion } = findParameter(call, name);
  const version = asked ?? latestVersion;
  if (!versions.has(call.tx, [name, version])) {
    throw versionNotFound(
      `Systems Manager could not find version ${version} of ${name}. Verify the version and try again.`,
    );
  }
  return version;
}

export function labelParameterVersion(
  call: Call,
  input: Input<"LabelParameterVersion">,
): Output<"LabelParameterVersion"> {
  const name = storedName(nameOf(input.Name));
  const version = versionOf(call, name, input.ParameterVersion);
  const wanted = input.Labels.filter(isLabel);
  const held = new Set([...labelsByVersion.scan(call.tx, [name, version])].map(({ key }) => key[2]));
  if (new Set([...held, ...wanted]).size > labelsPerVersionMax) {
    throw new AwsError(
      "ParameterVersionLabelLimitExceeded",
      `A parameter version can have maximum ${labelsPerVersionMax} labels.Move one or more labels to another version and try again.`,
    );
  }
  for (const label of wanted) {
    const before = labels.get(call.tx, [name, label]);
    if (before !== undefined) labelsByVersion.delete(call.tx, [name, before, label]);
    labels.set(call.tx, [name, label], version);
    labelsByVersion.set(call.tx, [name, version, label], null);
  }
  return { InvalidLabels: input.Labels.filter((label) => !isLabel(label)), ParameterVersion: version };
}

export function unlabelParameterVersion(
  call: Call,
  input: Input<"UnlabelParameterVersion">,
): Output<"UnlabelParameterVersion"> {
  const name = storedName(nameOf(input.Name));
  const version = versionOf(call, name, input.ParameterVersion);
  const RemovedLabels: string[] = [];
  const InvalidLabels: string[] = [];
  for (const label of input.Labels) {
    if (labels.get(call.tx, [name, label]) !== version) {
      InvalidLabels.push(label);
      continue;
    }
    labels.delete(call.tx, [name, label]);
    labelsByVersion.delete(call.tx, [name, version, label]);
    RemovedLabels.push(label);
  }
  return { RemovedLabels, InvalidLabels };
}

function tagged(
  call: Call,
  input: { readonly ResourceType: string; readonly ResourceId: string },
): ParameterRow {
  if (input.ResourceType !== "Parameter") {
    throw new AwsError(
      "InvalidResourceType",
      "The resource type isn't valid. If you are attempting to tag an EC2 instance, the instance must be a registered managed node.",
    );
  }
  const row = parameters.get(call.tx, [storedName(input.ResourceId)]);
  if (row === undefined)
    throw new AwsError(
      "InvalidResourceId",
      "The resource ID isn't valid. Verify that you entered the correct ID and try again.",
    );
  return row;
}

export function addTagsToResource(call: Call, input: Input<"AddTagsToResource">): void {
  const row = tagged(call, input);
  parameters.set(call.tx, [storedName(input.ResourceId)], {
    ...row,
    tags: checkNewTags(input.Tags, row.tags),
  });
}

export function removeTagsFromResource(call: Call, input: Input<"RemoveTagsFromResource">): void {
  const row = tagged(call, input);
  const tags = Object.fromEntries(Object.entries(row.tags).filter(([name]) => !input.TagKeys.includes(name)));
  parameters.set(call.tx, [storedName(input.ResourceId)], { ...row, tags });
}

export function listTagsForResource(
  call: Call,
  input: Input<"ListTagsForResource">,
): Output<"ListTagsForResource"> {
  const { tags } = tagged(call, input);
  return { TagList: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
}
