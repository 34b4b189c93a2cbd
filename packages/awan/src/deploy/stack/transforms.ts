/** A template's transforms, in the order AWS applies them: includes and macros inside it first, then those it declares. */
import { AwsError } from "../../kernel/errors.ts";
import type { Scope } from "../../host/call.ts";
import type { Shell } from "../../host/service.ts";
import { macros } from "../keys.ts";
import { evaluate } from "../template/functions.ts";
import { parseTemplate } from "../template/parse.ts";
import { clone, type Dict, isDict, soleKey, validationError } from "../template/value.ts";
import { parseS3Url, readObject } from "./template-url.ts";

const samTransform = "AWS::Serverless-2016-10-31";
const languageExtensions = "AWS::LanguageExtensions";
const include = "AWS::Include";

export interface TransformInput {
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly pseudoParameters: Readonly<Record<string, unknown>>;
  readonly stackName: string;
  readonly stackId: string;
}

interface Declared {
  readonly name: string;
  readonly parameters: Dict;
}

/** Names of the transforms a template asks for, at the top and inside. */
export function declaredTransforms(raw: Dict): string[] {
  const names = new Set(topTransforms(raw).map(({ name }) => name));
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (isDict(value)) {
      const inner = value["Fn::Transform"];
      if (isDict(inner) && typeof inner["Name"] === "string") names.add(inner["Name"]);
      Object.values(value).forEach(visit);
    }
  };
  visit(raw["Resources"]);
  visit(raw["Outputs"]);
  return [...names];
}

function topTransforms(raw: Dict): Declared[] {
  const value = raw["Transform"];
  const list: unknown[] = value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];
  return list.map((item) => {
    if (typeof item === "string") return { name: item, parameters: {} };
    if (isDict(item) && typeof item["Name"] === "string") {
      return { name: item["Name"], parameters: isDict(item["Parameters"]) ? item["Parameters"] : {} };
    }
    throw validationError("Template format error: Transform must be a string or a list of strings.");
  });
}

export async function applyTransforms(
  shell: Shell,
  scope: Scope,
  raw: Dict,
  input: TransformInput,
): Promise<Dict> {
  if (declaredTransforms(raw).length === 0) return raw;
  const tops = topTransforms(raw);
  const { Transform: _declared, ...body } = clone(raw);
  let template = (await applyInner(shell, scope, body, input, body)) as Dict;
  // The language extensions come before SAM, wherever they are named.
  const ordered = tops.toSorted((a, b) => rank(a.name) - rank(b.name));
  for (const { name, parameters } of ordered) {
    template = await applyTop(shell, scope, { name, parameters }, template, input);
  }
  return template;
}

const rank = (name: string): number =>
  name === languageExtensions ? 0 : name === include ? 1 : name === samTransform ? 3 : 2;

async function applyTop(
  shell: Shell,
  scope: Scope,
  { name, parameters }: Declared,
  template: Dict,
  input: TransformInput,
): Promise<Dict> {
  if (name === languageExtensions) {
    const { extendLanguage } = await import("../template/language-extensions.ts");
    return extendLanguage(template, input.parameters, scope);
  }
  if (name === samTransform) {
    const { transformServerless } = await import("../sam/transform.ts");
    return transformServerless(template, {
      parameters: input.parameters,
      region: scope.region,
      nowMs: shell.clock.nowMs(),
    });
  }
  if (name === include) {
    const part = await readInclude(shell, scope, resolved(parameters, input, template));
    return { ...template, ...part };
  }
  const given = resolved(parameters, input, template);
  const result = await callMacro(shell, scope, name, given, template, input);
  if (!isDict(result))
    throw validationError(`Transform ${scope.accountId}::${name} failed with: fragment is not an object`);
  return result;
}

/** A transform's parameters, which may use functions of the template's parameters and mappings. */
function resolved(parameters: unknown, input: TransformInput, template: Dict): Dict {
  const known = {
    parameters: { ...input.pseudoParameters, ...input.parameters },
    mappings: isDict(template["Mappings"]) ? template["Mappings"] : {},
    conditions: {},
    ref: () => undefined,
    attribute: () => undefined,
    importValue: () => undefined,
    availabilityZones: () => [],
  };
  const value = evaluate(parameters ?? {}, known);
  return isDict(value) ? value : {};
}

/** `Fn::Transform` anywhere inside, deepest first. */
async function applyInner(
  shell: Shell,
  scope: Scope,
  value: unknown,
  input: TransformInput,
  template: Dict,
): Promise<unknown> {
  if (Array.isArray(value))
    return await Promise.all(value.map((item) => applyInner(shell, scope, item, input, template)));
  if (!isDict(value)) return value;
  const result: Dict = {};
  for (const [key, member] of Object.entries(value)) {
    result[key] = key === "Fn::Transform" ? member : await applyInner(shell, scope, member, input, template);
  }
  const inner = result["Fn::Transform"];
  if (inner === undefined) return result;
  const list: unknown[] = Array.isArray(inner) ? inner : [inner];
  const { "Fn::Transform": _own, ...siblings } = result;
  let current: unknown = siblings;
  for (const item of list) {
    if (!isDict(item) || typeof item["Name"] !== "string") {
      throw validationError("Template format error: Fn::Transform must have a Name.");
    }
    const parameters = resolved(item["Parameters"], input, template);
    if (item["Name"] === include) {
      const part = await readInclude(shell, scope, parameters);
      current = isDict(current) ? { ...current, ...part } : part;
    } else current = await callMacro(shell, scope, item["Name"], parameters, current, input);
  }
  return current;
}

async function readInclude(shell: Shell, scope: Scope, parameters: Dict): Promise<Dict> {
  const place = parseS3Url(String(parameters["Location"]));
  if (place === undefined) {
    throw validationError(
      `Transform AWS::Include failed with: The location parameter is not a valid S3 uri.`,
    );
  }
  try {
    const text = await readObject(shell, scope, place);
    return parseTemplate(text);
  } catch (error) {
    if (error instanceof AwsError && /NoSuch|NotFound/.test(error.code)) {
      throw validationError("Transform AWS::Include failed with: S3 object not found or not accessible");
    }
    throw error;
  }
}

async function callMacro(
  shell: Shell,
  scope: Scope,
  name: string,
  parameters: Dict,
  fragment: unknown,
  input: TransformInput,
): Promise<unknown> {
  const macro = await shell.run({ name: "cloudformation.macro", ...scope }, (call) => ({
    row: macros.get(call.tx, [name]),
    requestId: call.random.uuid(),
  }));
  const full = `${scope.accountId}::${name}`;
  if (macro.row === undefined) {
    throw validationError(`No transform named ${full} found.`);
  }
  const event = {
    region: scope.region,
    accountId: scope.accountId,
    transformId: full,
    fragment,
    params: parameters,
    templateParameterValues: input.parameters,
    requestId: macro.requestId,
  };
  const answer = await shell.perform("lambda.invoke", {
    functionArn: macro.row.functionArn,
    payload: new TextEncoder().encode(JSON.stringify(event)),
    kind: "RequestResponse",
  });
  const payload =
    isDict(answer) && answer["payload"] instanceof Uint8Array ? answer["payload"] : new Uint8Array();
  const text = new TextDecoder().decode(payload);
  let result: unknown;
  try {
    result = JSON.parse(text) as unknown;
  } catch {
    result = undefined;
  }
  if (!isDict(answer) || answer["functionError"] !== undefined || !isDict(result)) {
    throw validationError(`Transform ${full} failed without an error message. Rollback requested by user.`);
  }
  if (result["status"] !== "success") {
    const message = result["errorMessage"];
    throw validationError(
      typeof message === "string"
        ? `Transform ${full} failed with: ${message}. Rollback requested by user.`
        : `Transform ${full} failed without an error message. Rollback requested by user.`,
    );
  }
  return soleKey(result["fragment"]) === "Fn::Transform"
    ? await applyInner(shell, scope, result["fragment"], input, {})
    : result["fragment"];
}
