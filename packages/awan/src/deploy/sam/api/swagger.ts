/** Swagger documents of REST APIs: the same walks as for OpenAPI, and what only REST APIs add (CORS by mock methods). */
import { type Dict, isDict, textOf } from "../../template/value.ts";
import { anyMethod, branches, integrationKey, methodKey, pathsOf } from "./openapi.ts";

export { hasIntegration, integrationKey, methodKey } from "./openapi.ts";

export const emptySwagger = (): Dict => ({
  swagger: "2.0",
  info: { version: "1.0", title: { Ref: "AWS::StackName" } },
  paths: {},
});

export const isOpenApi3 = (version: unknown): boolean => /^3(\.\d)(\.\d)?$/.test(textOf(version));

export const isSwagger = (body: unknown): body is Dict =>
  isDict(body) && isDict(body["paths"]) && (Boolean(body["swagger"]) || isOpenApi3(body["openapi"]));

/** Items of the path, made when missing, with the method present in each. */
export function* openMethod(body: Dict, path: string, method: string): Generator<Dict, void> {
  const paths = pathsOf(body);
  paths[path] ??= {};
  for (const item of branches(paths[path])) {
    item[methodKey(method)] ??= {};
    yield item;
  }
}

/** Definitions with an integration, of one path and method. */
export function* methodsAt(body: Dict, path: string, method: string): Generator<Dict, void> {
  for (const item of branches(pathsOf(body)[path])) {
    for (const definition of branches(item[methodKey(method)]))
      if (integrationKey in definition) yield definition;
  }
}

const noMethods = new Set(["parameters", "summary", "description", "servers", "$ref"]);

/** Definitions with an integration, of every method of a path. */
export function* allMethods(
  body: Dict,
  path: string,
): Generator<readonly [method: string, definition: Dict], void> {
  for (const item of branches(pathsOf(body)[path])) {
    for (const [method, value] of Object.entries(item)) {
      if (noMethods.has(method)) continue;
      for (const definition of branches(value))
        if (integrationKey in definition) yield [methodKey(method), definition];
    }
  }
}

export interface Cors {
  readonly origin: unknown;
  readonly headers: unknown;
  readonly methods: unknown;
  readonly maxAge: unknown;
  readonly credentials: boolean;
}

export function addCorsMethods(body: Dict, cors: Cors): void {
  const seen = new Set<string>();
  for (const path of Object.keys(pathsOf(body))) {
    const normal = path === "/" ? path : path.replace(/\/+$/, "");
    if (seen.has(normal)) continue;
    seen.add(normal);
    for (const item of branches(pathsOf(body)[path])) {
      if ("options" in item) continue;
      item["options"] = optionsMethod({ ...cors, methods: cors.methods || `'${allowedMethods(item)}'` });
    }
  }
}

function allowedMethods(item: Dict): string {
  const names =
    anyMethod in item
      ? ["delete", "get", "head", "options", "patch", "post", "put"]
      : [...Object.keys(item), "options"];
  return [...new Set(names.map((name) => name.toUpperCase()))].toSorted().join(",");
}

function optionsMethod(cors: Cors): Dict {
  const wanted: readonly (readonly [header: string, value: unknown, type: string])[] = [
    ["Access-Control-Allow-Origin", cors.origin, "string"],
    ["Access-Control-Allow-Headers", cors.headers || undefined, "string"],
    ["Access-Control-Allow-Methods", cors.methods, "string"],
    ["Access-Control-Max-Age", cors.maxAge ?? undefined, "integer"],
    ["Access-Control-Allow-Credentials", cors.credentials ? "'true'" : undefined, "string"],
  ];
  const given = wanted.filter(([, value]) => value !== undefined);
  return {
    summary: "CORS support",
    consumes: ["application/json"],
    produces: ["application/json"],
    [integrationKey]: {
      type: "mock",
      requestTemplates: { "application/json": '{\n  "statusCode" : 200\n}\n' },
      responses: {
        default: {
          statusCode: "200",
          responseParameters: Object.fromEntries(
            given.map(([name, value]) => [`method.response.header.${name}`, value]),
          ),
          responseTemplates: { "application/json": "{}\n" },
        },
      },
    },
    responses: {
      "200": {
        description: "Default response for CORS method",
        headers: Object.fromEntries(given.map(([name, , type]) => [name, { type }])),
      },
    },
  };
}

/** What Swagger 2 keeps at the top, OpenAPI 3 keeps under components; header types become schemas. */
export function asOpenApi3(body: Dict, version: unknown): void {
  if (body["swagger"] !== undefined || !isOpenApi3(version ?? body["openapi"])) return;
  const components = isDict(body["components"]) ? body["components"] : {};
  for (const [from, to] of [
    ["securityDefinitions", "securitySchemes"],
    ["definitions", "schemas"],
  ] as const) {
    if (!body[from]) continue;
    components[to] = body[from];
    body["components"] = components;
    delete body[from];
  }
  for (const item of Object.values(pathsOf(body))) {
    const options = isDict(item) ? item["options"] : undefined;
    if (!isDict(options)) continue;
    delete options["produces"];
    delete options["consumes"];
    const responses = options["responses"];
    const ok = isDict(responses) ? responses["200"] : undefined;
    const headers = isDict(ok) ? ok["headers"] : undefined;
    if (!isDict(headers)) continue;
    for (const [name, value] of Object.entries(headers)) {
      headers[name] = { schema: value };
    }
  }
}
