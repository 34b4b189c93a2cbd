/** A REST API's document: integrations, CORS answers, request models, parameters and validators, binary types. */
import { type Dict, isDict } from "../../template/value.ts";
import { invalidDocument } from "../errors.ts";
import { byteString, byteStrings } from "../python/byte-string.ts";
import {
  at,
  deepCopy,
  dictionary,
  dictionaryOf,
  entriesOf,
  keysOf,
  nameIn,
  put,
  putDefault,
  update,
} from "../python/dictionary.ts";
import { given } from "../python/text.ts";
import {
  alternatives,
  ApiDocument,
  conditionalInDocument,
  integrationKey,
  isVersion3,
  methodKey,
  requirePathItem,
} from "./document.ts";
import { corsMethod } from "./cors-method.ts";

const text = byteString;
const securityKey = text("securityDefinitions");
const responsesKey = text("x-amazon-apigateway-gateway-responses");
const validatorsKey = text("x-amazon-apigateway-request-validators");
export const policyKey = text("x-amazon-apigateway-policy");
const httpMethods = ["OPTIONS", "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"];

/** A document with nothing in it. */
export function emptySwagger(): Dict {
  const document = dictionary();
  put(document, text("swagger"), text("2.0"));
  const info = dictionary();
  put(document, text("info"), info);
  put(info, text("version"), text("1.0"));
  put(info, text("title"), byteStrings({ Ref: "AWS::StackName" }));
  put(document, text("paths"), dictionary());
  return document;
}

export function isSwagger(value: unknown): value is Dict {
  if (!isDict(value) || !isDict(at(value, "paths"))) return false;
  if (given(at(value, "swagger"))) return true;
  const version = at(value, "openapi");
  return given(version) && isVersion3(version);
}

const orNew = (value: unknown): Dict => (given(value) ? (value as Dict) : dictionary());

export class SwaggerDocument extends ApiDocument {
  securityDefinitions: Dict;
  gatewayResponses: Dict;
  resourcePolicy: Dict;
  definitions: Dict;

  constructor(document: unknown) {
    if (!isSwagger(document)) {
      throw invalidDocument(
        "Invalid Swagger document or the Swagger document is not explicitly defined in 'DefinitionBody'.",
      );
    }
    super(deepCopy(document));
    this.securityDefinitions = orNew(at(this.doc, securityKey));
    this.gatewayResponses = orNew(at(this.doc, responsesKey));
    this.resourcePolicy = orNew(at(this.doc, policyKey));
    this.definitions =
      nameIn(this.doc, "definitions") === undefined ? dictionary() : (at(this.doc, "definitions") as Dict);
    for (const path of this.pathNames()) {
      for (const item of alternatives(at(this.paths, path))) requirePathItem(item, path);
    }
  }

  /** A copy of the document with everything edited. */
  result(): Dict {
    const { doc } = this;
    if (nameIn(doc, "paths") !== undefined) put(doc, "paths", this.paths);
    if (given(this.securityDefinitions)) put(doc, securityKey, this.securityDefinitions);
    if (given(this.gatewayResponses)) put(doc, responsesKey, this.gatewayResponses);
    if (given(this.definitions)) put(doc, text("definitions"), this.definitions);
    return deepCopy(doc);
  }

  addLambdaIntegration(
    path: string,
    method: unknown,
    {
      uri,
      credentials,
      condition,
      streams,
    }: { uri: Dict; credentials: unknown; condition: unknown; streams: boolean },
  ): void {
    if (this.hasIntegration(path, method)) {
      throw invalidDocument(`Lambda integration already exists on Path=${path}, Method=${methodKey(method)}`);
    }
    this.#addIntegration(path, method, condition, (wrap) => {
      const integration = dictionary();
      put(integration, text("type"), text("aws_proxy"));
      put(integration, text("httpMethod"), text("POST"));
      put(integration, text("uri"), wrap(uri));
      if (streams) put(integration, text("responseTransferMode"), text("STREAM"));
      if (given(credentials)) put(integration, text("credentials"), credentials);
      return { integration, responses: dictionary() };
    });
  }

  addStateMachineIntegration(
    path: string,
    method: unknown,
    {
      uri,
      credentials,
      templates,
      condition,
    }: { uri: Dict; credentials: Dict; templates: Dict; condition: unknown },
  ): void {
    this.#addIntegration(path, method, condition, (wrap) => {
      const integration = dictionary();
      put(integration, text("type"), text("aws"));
      put(integration, text("httpMethod"), text("POST"));
      put(integration, text("uri"), wrap(uri));
      put(integration, text("responses"), responses("statusCode", { "200": "200", "400": "400" }));
      put(integration, text("credentials"), credentials);
      return {
        integration,
        responses: responses("description", { "200": "OK", "400": "Bad Request" }),
        after: () => update(integration, { [text("requestTemplates")]: templates }),
      };
    });
  }

  #addIntegration(
    path: string,
    method: unknown,
    condition: unknown,
    build: (wrap: (uri: Dict) => Dict) => { integration: Dict; responses: Dict; after?: () => void },
  ): void {
    const key = methodKey(method);
    this.addPath(path, method);
    for (const item of alternatives(at(this.paths, path))) {
      requirePathItem(item, path);
      const definition = at(item, key) as Dict;
      const made = build((uri) => (given(condition) ? conditionalInDocument(condition, uri) : uri));
      put(definition, integrationKey, made.integration);
      putDefault(definition, text("responses"), made.responses);
      made.after?.();
      if (given(condition)) put(item, key, conditionalInDocument(condition, definition));
    }
  }

  addCors(path: string, cors: Dict): void {
    let methods = cors["AllowMethods"];
    for (const item of alternatives(at(this.paths, path))) {
      requirePathItem(item, path);
      if (nameIn(item, "options") !== undefined) continue;
      if (!given(methods)) methods = text(`'${allowedMethods(item)}'`);
      put(item, text("options"), corsMethod({ ...cors, AllowMethods: methods }));
    }
  }

  addRequestModel(path: string, method: unknown, model: Dict): void {
    const name = (model["Model"] as string).toLowerCase();
    const required = model["Required"];
    for (const definition of this.definitionsAt(path, method)) {
      const version = at(this.doc, "openapi");
      if ((at(this.doc, "swagger") ?? undefined) !== undefined) {
        const parameter = dictionary();
        put(parameter, text("in"), text("body"));
        put(parameter, text("name"), name);
        put(parameter, text("schema"), byteStrings({ $ref: `#/definitions/${name}` }));
        if ((required ?? undefined) !== undefined) put(parameter, text("required"), required);
        put(definition, text("parameters"), [
          ...((at(definition, "parameters") ?? []) as unknown[]),
          parameter,
        ]);
      } else if (given(version) && isVersion3(version)) {
        const body = byteStrings({
          content: { "application/json": { schema: { $ref: `#/components/schemas/${name}` } } },
        }) as Dict;
        if ((required ?? undefined) !== undefined) body[text("required")] = required;
        put(definition, text("requestBody"), body);
      }
    }
  }

  addRequestValidator(
    path: string,
    method: unknown,
    { body, parameters }: { body: boolean; parameters: boolean },
  ): void {
    const name = text(
      body ? (parameters ? "body-and-params" : "body-only") : parameters ? "params-only" : "no-validation",
    );
    const validator = dictionary();
    put(validator, text("validateRequestBody"), body);
    put(validator, text("validateRequestParameters"), parameters);
    const definition = dictionary();
    put(definition, name, validator);
    if (!given(at(this.doc, validatorsKey))) put(this.doc, validatorsKey, dictionary());
    const validators = at(this.doc, validatorsKey) as Dict;
    if (!given(at(validators, name))) update(validators, definition);
    for (const each of this.definitionsAt(path, method)) {
      update(each, dictionaryOf({ [text("x-amazon-apigateway-request-validator")]: name }));
    }
  }

  addRequestParameters(path: string, method: unknown, parameters: readonly RequestParameter[]): void {
    for (const definition of this.definitionsAt(path, method)) {
      const list = [...((at(definition, "parameters") ?? []) as unknown[])];
      for (const { name, required, caching } of parameters) {
        const rest = name.replaceAll("method.request.", "");
        const dot = rest.indexOf(".");
        const location = rest.slice(0, dot);
        const parameter = dictionary();
        put(parameter, text("in"), location === "querystring" ? text("query") : location);
        put(parameter, text("name"), rest.slice(dot + 1));
        put(parameter, text("required"), required);
        put(parameter, text("type"), text("string"));
        list.push(parameter);
        if (!given(caching)) continue;
        const integration = at(definition, integrationKey) as Dict;
        const keys = (at(integration, "cacheKeyParameters") ?? []) as unknown[];
        put(integration, text("cacheKeyParameters"), [...keys, name]);
      }
      put(definition, text("parameters"), list);
    }
  }

  addModels(models: Dict): void {
    this.definitions = orNew(this.definitions);
    for (const [name, schema] of entriesOf(models)) {
      if (!given(at(schema as Dict, "type"))) throw invalidDocument("'Models' schema is missing 'type'.");
      put(this.definitions, name.toLowerCase(), schema);
    }
  }
}

export interface RequestParameter {
  readonly name: string;
  readonly required: unknown;
  readonly caching: unknown;
}

function responses(member: string, texts: Readonly<Record<string, string>>): Dict {
  const made = dictionary();
  for (const [status, value] of Object.entries(texts)) {
    put(made, text(status), dictionaryOf({ [text(member)]: text(value) }));
  }
  return made;
}

/** The methods of a path for `Access-Control-Allow-Methods`; all there are if it takes any. */
function allowedMethods(item: Dict): string {
  const names =
    nameIn(item, "x-amazon-apigateway-any-method") === undefined ? [...keysOf(item), "options"] : httpMethods;
  const upper = names.map((name) => name.replace(/^\u{e000}/u, "").toUpperCase());
  return [...new Set(upper)].toSorted().join(",");
}
