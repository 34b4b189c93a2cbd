/** A REST API's document with all that SAM's properties add: CORS, authorizers, gateway responses, models and more. */
import { type Dict, isDict } from "../../template/value.ts";
import { InvalidResource, InvalidTemplate, invalidDocument, NotAMap } from "../errors.ts";
import { expectMap } from "../expect.ts";
import { isFunction } from "../intrinsics.ts";
import { byteString, withoutMark } from "../python/byte-string.ts";
import { at, copyOf, dictionary, entriesOf, keysOf, nameIn, put, remove } from "../python/dictionary.ts";
import { given, shown } from "../python/text.ts";
import type { Sam, SamResource } from "../sam.ts";
import { isVersion3, requireMap, requirePathItem } from "./document.ts";
import { withGatewayResponses } from "./gateway-responses.ts";
import { addCustomStatements, addResourcePolicy } from "./resource-policy.ts";
import { RestAuthorizer } from "./rest-authorizer.ts";
import { isSwagger, SwaggerDocument } from "./swagger-document.ts";
import {
  addApiKeyDefinition,
  addAuthorizers,
  setDefaultApiKey,
  setDefaultAuthorizer,
} from "./swagger-security.ts";

const text = byteString;
const corsMembers = ["AllowMethods", "AllowHeaders", "AllowOrigin", "MaxAge", "AllowCredentials"];
const authMembers = [
  "Authorizers",
  "DefaultAuthorizer",
  "InvokeRole",
  "AddDefaultAuthorizerToCorsPreflight",
  "AddApiKeyRequiredToCorsPreflight",
  "ApiKeyRequired",
  "ResourcePolicy",
  "UsagePlan",
];

const inlineOnly = (id: string, what: string): InvalidResource =>
  new InvalidResource(id, `${what} works only with inline Swagger specified in 'DefinitionBody' property.`);
const notSwagger = (id: string, what: string): InvalidResource =>
  new InvalidResource(
    id,
    `Unable to add ${what} because 'DefinitionBody' does not contain a valid Swagger definition.`,
  );

/** The document of an API, edited, or undefined when there is none. */
export function restApiBody(sam: Sam, api: SamResource): Dict | undefined {
  const { id, properties } = api;
  let body = properties["DefinitionBody"];
  body = withCors(id, body, properties["Cors"]);
  body = withAuth(sam, api, body);
  if (given(properties["GatewayResponses"])) {
    body = withGatewayResponses(id, body, properties["GatewayResponses"] as Dict);
  }
  if (given(properties["BinaryMediaTypes"]) && given(body)) {
    const editor = new SwaggerDocument(body);
    put(
      editor.doc,
      text("x-amazon-apigateway-binary-media-types"),
      unescapedTypes(properties["BinaryMediaTypes"]),
    );
    body = editor.result();
  }
  body = withModels(api, body);
  if ((properties["DisableExecuteApiEndpoint"] ?? undefined) !== undefined) {
    body = withEndpoint(id, body, properties["DisableExecuteApiEndpoint"]);
  }
  return given(body) ? (body as Dict) : undefined;
}

function withCors(id: string, body: unknown, cors: unknown): unknown {
  if (!given(cors)) return body;
  if (!given(body)) throw inlineOnly(id, "Cors");
  const isOrigin = typeof cors === "string" || isFunction(cors);
  if (!isOrigin && !isDict(cors)) throw new InvalidResource(id, "Invalid value for 'Cors' property");
  if (!isOrigin) {
    const unknown = keysOf(cors as Dict).find((key) => !corsMembers.includes(key));
    if (unknown !== undefined) throw new InvalidResource(id, `Invalid key '${unknown}' for 'Cors' property.`);
  }
  const settings: Dict = isOrigin ? { AllowOrigin: cors } : { AllowOrigin: text("'*'"), ...(cors as Dict) };
  if (!isSwagger(body)) throw notSwagger(id, "Cors configuration");
  const origin = settings["AllowOrigin"];
  if (settings["AllowCredentials"] === true && typeof origin === "string" && withoutMark(origin) === "'*'") {
    throw new InvalidResource(
      id,
      "Unable to add Cors configuration because 'AllowCredentials' can not be true when 'AllowOrigin' is \"'*'\" or not set",
    );
  }
  const editor = new SwaggerDocument(body);
  const done = new Set<string>();
  for (const path of editor.pathNames()) {
    const normalized = path === "/" ? path : path.replace(/\/+$/, "");
    if (done.has(normalized)) continue;
    done.add(normalized);
    try {
      editor.addCors(path, settings);
    } catch (error) {
      if (error instanceof InvalidTemplate) throw new InvalidResource(id, error.report);
      throw error;
    }
  }
  return editor.result();
}

/** The authorizers of an API by name. */
export function authorizersOf(
  sam: Sam,
  id: string,
  { config, byDefault }: { config: unknown; byDefault?: unknown },
): Map<string, RestAuthorizer> {
  const authorizers = new Map<string, RestAuthorizer>();
  const { partition } = sam;
  if (byDefault === "AWS_IAM")
    authorizers.set("AWS_IAM", new RestAuthorizer(id, "AWS_IAM", { config: {}, iam: true, partition }));
  if (!given(config)) return authorizers;
  expectMap(config, { id, path: "Auth.Authorizers" });
  for (const [name, each] of entriesOf(config)) {
    expectMap(each, { id, path: `Auth.Authorizers.${withoutMark(name)}` });
    authorizers.set(name, new RestAuthorizer(id, name, { config: each, partition }));
  }
  return authorizers;
}

function withAuth(sam: Sam, { id, properties }: SamResource, body: unknown): unknown {
  const auth = properties["Auth"];
  if (!given(auth)) return body;
  if (!given(body)) throw inlineOnly(id, "Auth");
  if (!keysOf(auth as Dict).every((key) => authMembers.includes(key))) {
    throw new InvalidResource(id, "Invalid value for 'Auth' property");
  }
  if (!isSwagger(body)) throw notSwagger(id, "Auth configuration");
  const editor = new SwaggerDocument(body);
  const config = auth as Dict;
  const name = config["DefaultAuthorizer"];
  const authorizers = authorizersOf(sam, id, { config: config["Authorizers"], byDefault: name });
  if (authorizers.size > 0) {
    addAuthorizers(editor, authorizers);
    if (given(name)) {
      if (typeof name !== "string") throw new InvalidResource(id, "DefaultAuthorizer is not a string.");
      if (![...authorizers.keys()].includes(name) && name !== "AWS_IAM") {
        throw new InvalidResource(
          id,
          `Unable to set DefaultAuthorizer because '${name}' was not defined in 'Authorizers'.`,
        );
      }
      const preflight =
        "AddDefaultAuthorizerToCorsPreflight" in config
          ? config["AddDefaultAuthorizerToCorsPreflight"]
          : true;
      for (const path of editor.pathNames())
        setDefaultAuthorizer(editor, path, { name, authorizers, preflight });
    }
  }
  if (given(config["ApiKeyRequired"])) {
    addApiKeyDefinition(editor);
    const preflight =
      "AddApiKeyRequiredToCorsPreflight" in config ? config["AddApiKeyRequiredToCorsPreflight"] : true;
    for (const path of editor.pathNames()) setDefaultApiKey(editor, path, preflight);
  }
  const policy = config["ResourcePolicy"];
  if (given(policy)) {
    requireMap(policy, "ResourcePolicy must be a map (ResourcePolicyStatement).");
    for (const path of editor.pathNames())
      addResourcePolicy(editor, policy, { path, stage: properties["StageName"] });
    if (given(policy["CustomStatements"])) addCustomStatements(editor, policy["CustomStatements"]);
  }
  return asOpenApi(editor.result(), properties["OpenApiVersion"]);
}

function unescapedTypes(types: unknown): unknown {
  if (typeof types === "string") return withoutMark(types).replaceAll("~1", "/");
  if (Array.isArray(types)) return types.map(unescapedTypes);
  if (!isDict(types)) return types;
  const made = dictionary();
  for (const [key, value] of entriesOf(types)) put(made, key.replaceAll("~1", "/"), unescapedTypes(value));
  return made;
}

function withModels({ id, properties }: SamResource, body: unknown): unknown {
  const models = properties["Models"];
  if (!given(models)) return body;
  if (!given(body)) throw inlineOnly(id, "Models");
  if (!isSwagger(body)) throw notSwagger(id, "Models definitions");
  if (!Object.values(models as Dict).every(isDict)) {
    throw new InvalidResource(id, "Invalid value for 'Models' property");
  }
  const editor = new SwaggerDocument(body);
  editor.addModels(models as Dict);
  return asOpenApi(editor.result(), properties["OpenApiVersion"]);
}

function withEndpoint(id: string, body: unknown, disabled: unknown): Dict {
  if (!given(body)) {
    throw new InvalidResource(id, "DisableExecuteApiEndpoint works only within 'DefinitionBody' property.");
  }
  const editor = new SwaggerDocument(body);
  const set = (value: unknown, what: string): void => {
    try {
      setEndpoint(value, disabled);
    } catch (error) {
      if (error instanceof NotAMap)
        throw invalidDocument(`Invalid OpenAPI definition${what}: ${error.message}.`);
      throw error;
    }
  };
  const version = at(editor.doc, "openapi");
  if (given(version) && isVersion3(version)) {
    const servers =
      nameIn(editor.doc, "servers") === undefined ? [dictionary()] : (at(editor.doc, "servers") as unknown[]);
    for (const [index, server] of servers.entries()) set(server, ` of 'servers[${index}]'`);
    put(editor.doc, text("servers"), servers);
  } else set(editor.doc, "");
  return editor.result();
}

const endpointKey = "x-amazon-apigateway-endpoint-configuration";

function setEndpoint(value: unknown, disabled: unknown): void {
  if (!isDict(value)) throw new NotAMap("");
  if (nameIn(value, endpointKey) === undefined) put(value, text(endpointKey), {});
  const endpoint = at(value, endpointKey);
  if (!isDict(endpoint)) throw new NotAMap(endpointKey);
  put(endpoint, text("disableExecuteApiEndpoint"), disabled);
}

/** What Swagger's words are in OpenAPI 3, in a document that is one. */
export function asOpenApi(document: Dict, openApiVersion: unknown): Dict {
  if ((at(document, "swagger") ?? undefined) !== undefined) return document;
  const own = at(document, "openapi") ?? undefined;
  const version = own !== undefined && (openApiVersion ?? undefined) === undefined ? own : openApiVersion;
  if (!given(version) || !isVersion3(version)) return document;
  moveToComponents(document, "securityDefinitions", "securitySchemes");
  moveToComponents(document, "definitions", "schemas");
  const paths = at(document, "paths");
  if (!given(paths)) return document;
  requireMap(paths, "Value of paths must be a dictionary according to Swagger spec.");
  for (const [path, item] of entriesOf(paths)) {
    requirePathItem(item, path);
    const options = at(item, "options");
    if (!given(options)) continue;
    requireMap(
      options,
      `Value of options method for path ${path} must be a dictionary according to Swagger spec.`,
    );
    for (const [name, value] of entriesOf(copyOf(options))) adaptOptions(options, { name, value, path });
  }
  return document;
}

function moveToComponents(document: Dict, from: string, to: string): void {
  const value = at(document, from);
  if (!given(value)) return;
  const there = at(document, "components");
  const components = given(there) ? (there as Dict) : dictionary();
  put(components, text(to), value);
  put(document, text("components"), components);
  remove(document, from);
}

function adaptOptions(
  options: Dict,
  { name, value, path }: { name: string; value: unknown; path: string },
): void {
  const field = withoutMark(name);
  if (field === "produces" || field === "consumes") remove(options, name);
  if (field !== "responses") return;
  const headers = headersOf(value, path);
  if (!given(headers)) return;
  requireMap(
    headers,
    `Value of response's headers in options method for path ${path} must be a dictionary according to Swagger spec.`,
  );
  for (const [header, type] of entriesOf(headers)) {
    const schema = dictionary();
    put(schema, text("schema"), type);
    put(headers, header, schema);
  }
}

function headersOf(responses: unknown, path: string): unknown {
  const refuse = (reason: string): Error =>
    invalidDocument(`Invalid responses in options method for path ${path}: ${reason}.`);
  if (responses === undefined || responses === null) return undefined;
  if (!isDict(responses)) throw refuse("It should be a map");
  const response = at(responses, "200") ?? undefined;
  if (response === undefined) return undefined;
  if (!isDict(response)) throw refuse(`The value of '200' should be a map`);
  return at(response, "headers");
}

export const isOpenApiVersion = (version: unknown): boolean => /^[2-3](\.\d)(\.\d)?\n?$/.test(shown(version));
