/** An HTTP API's document: integrations, parameters, authorizers, tags, CORS. */
import { deepEqual, type Dict, isDict } from "../../template/value.ts";
import { invalidDocument } from "../errors.ts";
import { isFunction } from "../intrinsics.ts";
import { byteString, byteStrings, withoutMark } from "../python/byte-string.ts";
import {
  at,
  deepCopy,
  dictionary,
  entriesOf,
  isRemembered,
  nameIn,
  put,
  putDefault,
} from "../python/dictionary.ts";
import { given, shown, typeName } from "../python/text.ts";
import {
  alternatives,
  anyMethod,
  ApiDocument,
  conditionalInDocument,
  hasIntegrationIn,
  integrationKey,
  isVersion3,
  methodKey,
  requireMethod,
  requirePathItem,
  securityOf,
} from "./document.ts";
import type { HttpAuthorizer } from "./http-authorizer.ts";

export const defaultPath = "$default";
const defaultTitle = { Ref: "AWS::StackName" };
const text = byteString;
const tagValueKey = "x-amazon-apigateway-tag-value";
const corsKey = "x-amazon-apigateway-cors";
const endpointKey = "x-amazon-apigateway-endpoint-configuration";

/** A document with nothing in it. */
export function emptyOpenApi(): Dict {
  const document = dictionary();
  put(document, text("openapi"), text("3.0.1"));
  const info = dictionary();
  put(document, text("info"), info);
  put(info, text("version"), text("1.0"));
  put(info, text("title"), byteStrings(defaultTitle));
  put(document, text("paths"), dictionary());
  return document;
}

export const isOpenApi = (value: unknown): value is Dict =>
  isDict(value) &&
  isDict(at(value, "paths")) &&
  given(at(value, "openapi")) &&
  isVersion3(at(value, "openapi"));

export class OpenApiDocument extends ApiDocument {
  readonly #schemes: Dict;
  readonly #tags: unknown;
  readonly #info: Dict;

  constructor(document: unknown) {
    if (!isOpenApi(document)) {
      throw invalidDocument(
        "Invalid OpenApi document. Invalid values or missing keys for 'openapi' or 'paths' in 'DefinitionBody'.",
      );
    }
    super(deepCopy(document));
    const components = at(this.doc, "components") ?? undefined;
    if (components !== undefined && !isDict(components)) {
      throw invalidDocument("Invalid OpenApi document: The value of 'components' should be a map");
    }
    const schemes = components === undefined ? undefined : at(components, "securitySchemes");
    this.#schemes = given(schemes) ? (schemes as Dict) : dictionary();
    this.#tags = given(at(this.doc, "tags")) ? at(this.doc, "tags") : [];
    this.#info = given(at(this.doc, "info")) ? (at(this.doc, "info") as Dict) : dictionary();
  }

  /** A copy of the document with everything edited. */
  result(): Dict {
    const { doc } = this;
    put(doc, text("paths"), this.paths);
    if (given(this.#tags)) put(doc, text("tags"), this.#tags);
    if (given(this.#schemes)) {
      if (!given(at(doc, "components"))) put(doc, text("components"), dictionary());
      put(at(doc, "components") as Dict, text("securitySchemes"), this.#schemes);
    }
    if (given(this.#info)) put(doc, text("info"), this.#info);
    return deepCopy(doc);
  }

  /** Whether the method is already answered by this function, in every alternative. */
  isAnsweredBy(path: string, method: string, functionId: string): boolean {
    if (!this.hasIntegration(path, method)) return false;
    return this.definitionsAt(path, method, true).every((definition) => {
      const integration =
        nameIn(definition, integrationKey) === undefined ? {} : at(definition, integrationKey);
      if (!isDict(integration)) {
        throw invalidDocument(
          "Value of 'x-amazon-apigateway-integration' must be a dictionary according to Swagger spec.",
        );
      }
      const uri = at(integration, "uri");
      return (
        isDict(uri) &&
        alternatives(uri).every((each) => {
          const arn = isDict(each) ? at(each, "Fn::Sub") : undefined;
          return typeof arn === "string" && /([A-Za-z0-9]+)\.Arn/.exec(arn)?.[1] === functionId;
        })
      );
    });
  }

  addLambdaIntegration(
    path: string,
    method: string,
    { uri, condition }: { uri: Dict; condition: unknown },
  ): void {
    if (this.hasIntegration(path, method)) return;
    const key = methodKey(method);
    this.addPath(path, method);
    for (const item of alternatives(at(this.paths, path))) {
      requirePathItem(item, path);
      if ((at(item, key) ?? undefined) === undefined) put(item, key, dictionary());
      const definition = at(item, key) as Dict;
      const integration = dictionary();
      put(definition, integrationKey, integration);
      put(integration, text("type"), text("aws_proxy"));
      put(integration, text("httpMethod"), text("POST"));
      put(integration, text("payloadFormatVersion"), text("2.0"));
      put(integration, text("uri"), given(condition) ? conditionalInDocument(condition, uri) : uri);
      if (withoutMark(path) === defaultPath && withoutMark(key) === anyMethod)
        put(definition, text("isDefaultRoute"), true);
      putDefault(definition, text("responses"), dictionary());
      if (given(condition)) put(item, key, conditionalInDocument(condition, definition));
    }
  }

  addPathParameters(path: string, method: string, names: readonly string[]): void {
    for (const definition of this.definitionsAt(path, method)) {
      const parameters = putDefault(definition, text("parameters"), []) as Dict[];
      for (const name of names) {
        const there = parameters.find((each) => sameText(at(each, "name"), name));
        const parameter = there ?? dictionary();
        if (there === undefined) {
          put(parameter, text("name"), name);
          parameters.push(parameter);
        }
        put(parameter, text("in"), text("path"));
        put(parameter, text("required"), true);
      }
    }
  }

  setPayloadVersion(path: string, method: string, version: unknown): void {
    for (const definition of this.definitionsAt(path, method)) {
      put(at(definition, integrationKey) as Dict, text("payloadFormatVersion"), version);
    }
  }

  addAuthorizers(authorizers: ReadonlyMap<string, HttpAuthorizer>): void {
    for (const [name, authorizer] of authorizers) put(this.#schemes, name, authorizer.toOpenApi());
  }

  setDefaultAuthorizer(path: string, name: string, authorizers: ReadonlyMap<string, HttpAuthorizer>): void {
    for (const item of alternatives(at(this.paths, path))) {
      requirePathItem(item, path);
      for (const [methodName, method] of entriesOf(item)) {
        const key = withoutMark(methodKey(withoutMark(methodName)));
        if (key === "parameters" || key === "options") continue;
        if (nameIn(item, key) === undefined) {
          throw invalidDocument(`Could not find ${key} in ${path} within DefinitionBody.`);
        }
        for (const definition of alternatives(method)) {
          requireMethod(definition, path, methodName);
          if (!hasIntegrationIn(definition) || given(at(definition, "security"))) continue;
          put(definition, text("security"), [{ [name]: authorizers.get(name)?.scopes ?? [] }]);
        }
      }
    }
  }

  setMethodAuth(
    path: string,
    method: string,
    { authorizer: name, scopes, authorizers }: { authorizer: string; scopes: unknown; authorizers: unknown },
  ): void {
    for (const definition of this.definitionsAt(path, method)) {
      const entry: Dict = { [name]: [] };
      if (name !== "NONE" && name !== "AWS_IAM") {
        const authorizer = isDict(authorizers) ? (name in authorizers ? authorizers[name] : {}) : {};
        if (!isDict(authorizer)) throw invalidDocument(`Type of authorizer '${name}' must be a dictionary`);
        const wanted = given(scopes) ? scopes : authorizer["AuthorizationScopes"];
        if (given(authorizer) && given(wanted)) entry[name] = wanted;
      }
      put(definition, text("security"), [...securityOf(definition, path, method), entry]);
    }
  }

  addTags(tags: Dict): void {
    for (const [name, value] of entriesOf(tags)) {
      if (!Array.isArray(this.#tags)) {
        throw invalidDocument(
          `Tags in OpenApi DefinitionBody needs to be a list. ${shown(this.#tags)} is a ${tagsType(this.#tags)} not a list.`,
        );
      }
      const there = (this.#tags as Dict[]).find((each) => sameText(at(each, "name"), name));
      const tag = there ?? dictionary();
      if (there === undefined) {
        put(tag, text("name"), name);
        this.#tags.push(tag);
      }
      put(tag, text(tagValueKey), value);
    }
  }

  setEndpointDisabled(disabled: unknown): void {
    const servers =
      nameIn(this.doc, "servers") !== undefined ? (at(this.doc, "servers") as unknown[]) : [dictionary()];
    for (const server of servers) {
      if (!isDict(server)) {
        throw invalidDocument("Value of 'servers' item must be a dictionary according to Swagger spec.");
      }
      const endpoint = (nameIn(server, endpointKey) === undefined ? {} : at(server, endpointKey)) as Dict;
      put(endpoint, text("disableExecuteApiEndpoint"), disabled);
      put(server, text(endpointKey), endpoint);
    }
    put(this.doc, text("servers"), servers);
  }

  /** CORS of the property over that of the document. */
  addCors(cors: Dict): void {
    const settings = nameIn(this.doc, corsKey) === undefined ? {} : at(this.doc, corsKey);
    if (!isDict(settings)) {
      throw invalidDocument(`Value of '${corsKey}' must be a dictionary according to Swagger spec.`);
    }
    const origins = cors["AllowOrigins"];
    if (given(origins) && isFunction(origins)) {
      Object.assign(settings, lowerCased(origins));
    } else {
      for (const name of ["AllowOrigins", "AllowHeaders", "AllowMethods", "ExposeHeaders"]) {
        if (given(cors[name])) put(settings, text(documentName(name)), cors[name]);
      }
      if ((cors["MaxAge"] ?? undefined) !== undefined) put(settings, text("maxAge"), cors["MaxAge"]);
      if (cors["AllowCredentials"] === true) put(settings, text("allowCredentials"), true);
    }
    put(this.doc, text(corsKey), settings);
  }

  setDescription(description: unknown): void {
    if (!given(at(this.#info, "description"))) put(this.#info, text("description"), description);
  }

  setTitle(title: unknown): void {
    if (isDefaultTitle(at(this.#info, "title"))) put(this.#info, text("title"), title);
  }
}

export const isDefaultTitle = (title: unknown): boolean =>
  deepEqual(title, defaultTitle) || deepEqual(title, byteStrings(defaultTitle));

const sameText = (value: unknown, other: string): boolean =>
  typeof value === "string" && withoutMark(value) === withoutMark(other);

const documentName = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

const corsMembers = [
  "AllowOrigins",
  "AllowHeaders",
  "AllowMethods",
  "ExposeHeaders",
  "MaxAge",
  "AllowCredentials",
];

/** A condition over whole CORS settings: the members' names in it become the document's, wherever they stand. */
function lowerCased(value: Dict): Dict {
  const json = corsMembers.reduce(
    (result, name) => result.replaceAll(name, documentName(name)),
    JSON.stringify(value),
  );
  return JSON.parse(json) as Dict;
}

/** Dictionaries of Python 2.7 have a type of their own in the translator. */
const tagsType = (value: unknown): string => (isRemembered(value) ? "Py27Dict" : typeName(value));
