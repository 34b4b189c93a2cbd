/** OpenAPI 3 documents of HTTP APIs, as SAM writes them: paths with Lambda integrations, authorizers, CORS, tags. */
import { type Dict, isDict, textOf } from "../../template/value.ts";
import { isIf } from "../sam.ts";

export const integrationKey = "x-amazon-apigateway-integration";
export const anyMethod = "x-amazon-apigateway-any-method";
export const defaultPath = "$default";

export const emptyOpenApi = (): Dict => ({
  openapi: "3.0.1",
  info: { version: "1.0", title: { Ref: "AWS::StackName" } },
  paths: {},
});

export const methodKey = (method: string): string => {
  const lower = method.toLowerCase();
  return lower === "any" ? anyMethod : lower;
};

/** The document itself, or both branches of a condition around it. */
export function* branches(value: unknown): Generator<Dict, void> {
  if (isIf(value)) {
    const [, yes, no] = value["Fn::If"];
    if (isDict(yes) && !("Ref" in yes)) yield yes;
    if (isDict(no) && !("Ref" in no)) yield no;
  } else if (isDict(value)) yield value;
}

export const pathsOf = (body: Dict): Dict => {
  if (!isDict(body["paths"])) body["paths"] = {};
  return body["paths"] as Dict;
};

export function isOpenApi(body: unknown): body is Dict {
  return isDict(body) && isDict(body["paths"]) && /^3(\.\d)(\.\d)?$/.test(textOf(body["openapi"]));
}

/** Every method definition of a path and method, conditions opened. */
export function* methodsAt(body: Dict, path: string, method: string): Generator<Dict, void> {
  for (const item of branches(pathsOf(body)[path])) yield* branches(item[methodKey(method)]);
}

export function hasIntegration(body: Dict, path: string, method: string): boolean {
  for (const definition of methodsAt(body, path, method)) if (integrationKey in definition) return true;
  return false;
}

/** Every method with an integration, as `[path, method, definition]`. */
export function* integratedMethods(
  body: Dict,
): Generator<readonly [path: string, method: string, definition: Dict], void> {
  for (const [path, item] of Object.entries(pathsOf(body))) {
    for (const branch of branches(item)) {
      for (const [method, definition] of Object.entries(branch)) {
        for (const each of branches(definition)) if (integrationKey in each) yield [path, method, each];
      }
    }
  }
}

export interface Integration {
  readonly path: string;
  readonly method: string;
  readonly uri: unknown;
  readonly condition: string | undefined;
}

export const conditional = (condition: string | undefined, value: unknown): unknown =>
  condition === undefined ? value : { "Fn::If": [condition, value, { Ref: "AWS::NoValue" }] };

export function addIntegration(body: Dict, { path, method, uri, condition }: Integration): void {
  if (hasIntegration(body, path, method)) return;
  const key = methodKey(method);
  const paths = pathsOf(body);
  paths[path] ??= {};
  for (const item of branches(paths[path])) {
    const definition: Dict = isDict(item[key]) ? item[key] : {};
    definition[integrationKey] = {
      type: "aws_proxy",
      httpMethod: "POST",
      payloadFormatVersion: "2.0",
      uri: conditional(condition, uri),
    };
    if (path === defaultPath && key === anyMethod) definition["isDefaultRoute"] = true;
    definition["responses"] ??= {};
    item[key] = conditional(condition, definition);
  }
}

export function addPathParameters(body: Dict, path: string, method: string): void {
  const names = [...path.matchAll(/\{(.*?)\}/g)].map((match) => match[1] as string);
  if (names.length === 0) return;
  for (const definition of methodsAt(body, path, method)) {
    if (!(integrationKey in definition)) continue;
    const parameters = (definition["parameters"] ??= []) as Dict[];
    for (const name of names) {
      const existing = parameters.find((parameter) => parameter["name"] === name);
      if (existing === undefined) parameters.push({ name, in: "path", required: true });
      else Object.assign(existing, { in: "path", required: true });
    }
  }
}

export function addTags(body: Dict, tags: Dict): void {
  const list = Array.isArray(body["tags"]) ? (body["tags"] as Dict[]) : [];
  for (const [name, value] of Object.entries(tags)) {
    const existing = list.find((tag) => tag["name"] === name);
    if (existing === undefined) list.push({ name, "x-amazon-apigateway-tag-value": value });
    else existing["x-amazon-apigateway-tag-value"] = value;
  }
  body["tags"] = list;
}
