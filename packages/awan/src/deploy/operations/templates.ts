/** GetTemplate, GetTemplateSummary, ValidateTemplate: templates as text and as what can be told about them. */
import type { Call } from "../../host/call.ts";
import { type Answer, Perform } from "../../host/service.ts";
import { changeSetNotFound, validationError } from "../errors.ts";
import { templates, type TemplateRow } from "../keys.ts";
import { neededCapability } from "../stack/capabilities.ts";
import { findStack } from "../stack/lookup.ts";
import { declaredTransforms } from "../stack/transforms.ts";
import { parseTemplate } from "../template/parse.ts";
import { readTemplate, type Template } from "../template/template.ts";
import { type Dict, isDict, scalarText, textOf } from "../template/value.ts";
import type { In, Out } from "./client.ts";
import { identifiers } from "../resources/identifiers.ts";
import { findChangeSet } from "./change-sets.ts";

export function getTemplate(call: Call, input: In<"GetTemplate">): Out<"GetTemplate"> {
  const row = storedTemplate(call, input);
  const stages = ["Original", "Processed"] as const;
  const processed = input.TemplateStage === "Processed" && row.transforms.length > 0;
  return {
    TemplateBody: processed ? JSON.stringify(row.processed) : row.original,
    StagesAvailable: [...stages],
  };
}

function storedTemplate(
  call: Call,
  input: { readonly StackName?: string | undefined; readonly ChangeSetName?: string | undefined },
): TemplateRow {
  if (input.ChangeSetName !== undefined && input.ChangeSetName !== "") {
    if (!input.ChangeSetName.startsWith("arn:") && input.StackName === undefined) {
      throw validationError("StackName is a required parameter.");
    }
    const changeSet = findChangeSet(call, input);
    const row = templates.get(call.tx, [changeSet.stackId, changeSet.id]);
    if (row === undefined) throw changeSetNotFound(input.ChangeSetName);
    return row;
  }
  if (input.StackName === undefined) {
    throw validationError("StackName is required if ChangeSetName is not specified.");
  }
  const stack = findStack(call, input.StackName);
  const row =
    stack === undefined
      ? undefined
      : (templates.get(call.tx, [stack.id, "current"]) ?? templates.get(call.tx, [stack.id, "target"]));
  if (stack === undefined) throw validationError(`Stack with id ${input.StackName} does not exist`);
  // A stack that has only change sets yet has an empty template: `cdk deploy` asks for it.
  return row ?? { original: "{}", processed: {}, transforms: [] };
}

interface Source {
  readonly TemplateBody?: string | undefined;
  readonly TemplateURL?: string | undefined;
}

/** Hands the template's text to `use`, from wherever it is. */
function withTemplate<Output>(
  call: Call,
  input: Source,
  use: (call: Call, text: string) => Output,
): Answer<Output> {
  if (input.TemplateBody !== undefined) return use(call, input.TemplateBody);
  if (input.TemplateURL === undefined) {
    throw validationError("Either Template URL or Template Body must be specified.");
  }
  return new Perform("cloudformation.read", { url: input.TemplateURL }, (later: Call, text: string) =>
    use(later, text),
  );
}

export function validateTemplate(call: Call, input: In<"ValidateTemplate">): Answer<Out<"ValidateTemplate">> {
  return withTemplate(call, input, (_later, text) => {
    const { raw, template, transforms } = inspect(text);
    return {
      Parameters: Object.entries(declaredParameters(raw)).map(([name, definition]) => ({
        ParameterKey: name,
        ...(definition["Default"] === undefined ? {} : { DefaultValue: defaultText(definition["Default"]) }),
        NoEcho: String(definition["NoEcho"]) === "true",
        ...(typeof definition["Description"] === "string" ? { Description: definition["Description"] } : {}),
      })),
      ...(typeof raw["Description"] === "string" ? { Description: raw["Description"] } : {}),
      ...capabilitiesOf(template, transforms),
    };
  });
}

const defaultText = (value: unknown): string => scalarText(value) ?? JSON.stringify(value);

const declaredParameters = (raw: Dict): Record<string, Dict> =>
  isDict(raw["Parameters"]) ? (raw["Parameters"] as Record<string, Dict>) : {};

function inspect(text: string): {
  readonly raw: Dict;
  readonly template: Template | undefined;
  readonly transforms: readonly string[];
} {
  const raw = parseTemplate(text);
  const transforms = declaredTransforms(raw);
  if (transforms.length === 0) return { raw, template: readTemplate(raw), transforms };
  if (!isDict(raw["Resources"]) || Object.keys(raw["Resources"]).length === 0) {
    throw validationError("Template format error: At least one Resources member must be defined.");
  }
  return { raw, template: undefined, transforms };
}

function capabilitiesOf(template: Template | undefined, transforms: readonly string[]) {
  const needed = template === undefined ? undefined : neededCapability(template);
  const names = Object.entries(template?.resources ?? {}).flatMap(([, { type }]) =>
    type.startsWith("AWS::IAM::") ? [type] : [],
  );
  return {
    ...(transforms.length > 0
      ? {
          Capabilities: ["CAPABILITY_AUTO_EXPAND" as const],
          CapabilitiesReason:
            "The following resource(s) require capabilities: [AWS::CloudFormation::Transform]".replace(
              "AWS::CloudFormation::Transform",
              transforms.join(", "),
            ),
        }
      : needed === undefined
        ? {}
        : {
            Capabilities: [needed],
            CapabilitiesReason: `The following resource(s) require capabilities: [${[...new Set(names)].join(", ")}]`,
          }),
    ...(transforms.length === 0 ? {} : { DeclaredTransforms: [...transforms] }),
  };
}

export function getTemplateSummary(
  call: Call,
  input: In<"GetTemplateSummary">,
): Answer<Out<"GetTemplateSummary">> {
  if (input.StackName !== undefined && input.StackName !== "") {
    const stack = findStack(call, input.StackName);
    if (stack === undefined) throw validationError(`Stack with id ${input.StackName} does not exist`);
    if (stack.status === "REVIEW_IN_PROGRESS") {
      throw validationError("GetTemplateSummary cannot be called on REVIEW_IN_PROGRESS stacks.");
    }
    // Of a stack's template, unlike of one given, AWS tells a version also where it has none.
    return { Version: "2010-09-09", ...summary(storedTemplate(call, input).original) };
  }
  return withTemplate(call, input, (_later, text) => summary(text));
}

function summary(text: string): Out<"GetTemplateSummary"> {
  const { raw, template, transforms } = inspect(text);
  const resources = isDict(raw["Resources"]) ? Object.entries(raw["Resources"]) : [];
  const types = [
    ...new Set(
      resources.flatMap(([, value]) =>
        isDict(value) && typeof value["Type"] === "string" ? [value["Type"]] : [],
      ),
    ),
  ];
  const metadata = raw["Metadata"];
  const version = raw["AWSTemplateFormatVersion"];
  return {
    Parameters: Object.entries(declaredParameters(raw)).map(([name, definition]) => ({
      ParameterKey: name,
      ...(definition["Default"] === undefined ? {} : { DefaultValue: defaultText(definition["Default"]) }),
      ParameterType: String(definition["Type"]),
      NoEcho: String(definition["NoEcho"]) === "true",
      ...(typeof definition["Description"] === "string" ? { Description: definition["Description"] } : {}),
      ParameterConstraints: Array.isArray(definition["AllowedValues"])
        ? { AllowedValues: definition["AllowedValues"].map(String) }
        : {},
    })),
    ...(typeof raw["Description"] === "string" ? { Description: raw["Description"] } : {}),
    ...capabilitiesOf(template, transforms),
    ResourceTypes: types,
    ...(version === undefined ? {} : { Version: textOf(version) }),
    ...(metadata === undefined ? {} : { Metadata: JSON.stringify(metadata) }),
    ResourceIdentifierSummaries: types.map((type) => ({
      ResourceType: type,
      ...(identifiers[type] === undefined ? {} : { ResourceIdentifiers: [...identifiers[type]] }),
      LogicalResourceIds: resources.flatMap(([id, value]) =>
        isDict(value) && value["Type"] === type ? [id] : [],
      ),
    })),
  };
}
