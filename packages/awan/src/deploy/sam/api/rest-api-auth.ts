/** Who may call a REST API's methods: authorizers and API keys in the Swagger document, defaults and overrides. */
import { type Dict, isDict, textOf } from "../../template/value.ts";
import { InvalidEvent, InvalidResource } from "../errors.ts";
import { type Sam, sub } from "../sam.ts";
import { pathsOf } from "./openapi.ts";
import { allMethods, methodsAt } from "./swagger.ts";

export interface MethodAuth {
  readonly eventId: string;
  readonly apiId: string;
  readonly auth: Dict;
  readonly apiAuth: unknown;
  readonly path: string;
  readonly method: string;
}

export function requireDefinedAuthorizer({ eventId, apiId, auth, apiAuth, path, method }: MethodAuth): void {
  const name = auth["Authorizer"];
  if (!name || name === "AWS_IAM") return;
  const authorizers = isDict(apiAuth) ? apiAuth["Authorizers"] : undefined;
  if (authorizers && !isDict(authorizers)) {
    throw new InvalidResource(apiId, "Property 'Auth.Authorizers' should be a map.");
  }
  const refuse = (message: string): never => {
    throw new InvalidEvent(eventId, message);
  };
  if (name === "NONE") {
    if (!isDict(apiAuth) || !apiAuth["DefaultAuthorizer"]) {
      refuse(
        `Unable to set Authorizer on API method [${method}] for path [${path}] because 'NONE' is only a valid value when a DefaultAuthorizer on the API is specified.`,
      );
    }
    return;
  }
  const unable = `Unable to set Authorizer [${textOf(name)}] on API method [${method}] for path [${path}]`;
  if (!isDict(authorizers))
    return refuse(`${unable} because the related API does not define any Authorizers.`);
  if (typeof name !== "string") {
    return refuse(
      `${unable}. The method authorizer must be a string with a corresponding dict entry in the api authorizer.`,
    );
  }
  if (!authorizers[name]) refuse(`${unable} because it wasn't defined in the API's Authorizers.`);
}

const securityOf = (definition: Dict): Dict[] =>
  Array.isArray(definition["security"]) ? (definition["security"] as Dict[]) : [];

export function addMethodAuth(
  body: Dict,
  { path, method, auth, apiAuth }: Pick<MethodAuth, "path" | "method" | "auth" | "apiAuth">,
): void {
  const name = auth["Authorizer"];
  const authorizers = isDict(apiAuth) && isDict(apiAuth["Authorizers"]) ? apiAuth["Authorizers"] : {};
  for (const definition of methodsAt(body, path, method)) {
    if (typeof name === "string") {
      const own = authorizers[name];
      const scopes =
        own === undefined
          ? undefined
          : (auth["AuthorizationScopes"] ?? (isDict(own) ? own["AuthorizationScopes"] : undefined));
      definition["security"] = [...securityOf(definition), { [name]: name === "NONE" ? [] : (scopes ?? []) }];
      if ("AWS_IAM" in (securityOf(definition)[0] ?? {})) addIamDefinition(body);
    }
    const key = auth["ApiKeyRequired"];
    if (key === undefined || key === null) continue;
    if (key) addKeyDefinition(body);
    definition["security"] = [...securityOf(definition), { [key ? "api_key" : "api_key_false"]: [] }];
  }
}

const definitionsOf = (body: Dict): Dict => (body["securityDefinitions"] ??= {}) as Dict;

function addIamDefinition(body: Dict): void {
  definitionsOf(body)["AWS_IAM"] ??= {
    "x-amazon-apigateway-authtype": "awsSigv4",
    type: "apiKey",
    name: "Authorization",
    in: "header",
  };
}

function addKeyDefinition(body: Dict): void {
  definitionsOf(body)["api_key"] ??= { type: "apiKey", name: "x-api-key", in: "header" };
}

export function authorizersOf(apiId: string, auth: Dict): Record<string, Dict> {
  const found: Record<string, Dict> = {};
  if (auth["DefaultAuthorizer"] === "AWS_IAM") found["AWS_IAM"] = { iam: true };
  const given = auth["Authorizers"];
  if (!given) return found;
  if (!isDict(given)) throw new InvalidResource(apiId, "Property 'Auth.Authorizers' should be a map.");
  for (const [name, authorizer] of Object.entries(given)) {
    if (!isDict(authorizer))
      throw new InvalidResource(apiId, `Property 'Auth.Authorizers.${name}' should be a map.`);
    checkAuthorizer(apiId, name, authorizer);
    found[name] = authorizer;
  }
  return found;
}

function checkAuthorizer(apiId: string, name: string, authorizer: Dict): void {
  const type = authorizer["FunctionPayloadType"];
  if (type !== undefined && type !== "TOKEN" && type !== "REQUEST") {
    throw new InvalidResource(
      apiId,
      `${name} Authorizer has invalid 'FunctionPayloadType': ${textOf(type)}.`,
    );
  }
  if (type === "REQUEST" && lacksSource(apiId, name, authorizer["Identity"])) {
    throw new InvalidResource(
      apiId,
      `${name} Authorizer must specify Identity with at least one of Headers, QueryStrings, StageVariables, or Context.`,
    );
  }
  const scopes = authorizer["AuthorizationScopes"];
  if (scopes !== undefined && !Array.isArray(scopes)) {
    throw new InvalidResource(apiId, `Property 'Authorizers.${name}.AuthorizationScopes' should be a list.`);
  }
}

function lacksSource(apiId: string, name: string, identity: unknown): boolean {
  if (!identity) return true;
  if (!isDict(identity))
    throw new InvalidResource(apiId, `Property 'Authorizer.${name}.Identity' should be a map.`);
  const lacking = !["Headers", "QueryStrings", "StageVariables", "Context"].some((part) => identity[part]);
  const ttl = Number(identity["ReauthorizeEvery"] ?? Number.NaN);
  return Number.isNaN(ttl) ? lacking : ttl > 0 && lacking;
}

/** Adds authorizers, the default authorizer and the default API key to the document. */
export function addApiAuth(sam: Sam, apiId: string, auth: Dict, body: Dict): void {
  const authorizers = authorizersOf(apiId, auth);
  for (const [name, authorizer] of Object.entries(authorizers)) {
    definitionsOf(body)[name] = securityDefinition(sam, authorizer);
  }
  const name = auth["DefaultAuthorizer"];
  if (name && Object.keys(authorizers).length > 0) {
    if (typeof name !== "string") throw new InvalidResource(apiId, "DefaultAuthorizer is not a string.");
    if (!authorizers[name] && name !== "AWS_IAM") {
      throw new InvalidResource(
        apiId,
        `Unable to set DefaultAuthorizer because '${name}' was not defined in 'Authorizers'.`,
      );
    }
    setDefault(body, name, authorizers, auth["AddDefaultAuthorizerToCorsPreflight"] !== false);
  }
  if (auth["ApiKeyRequired"]) {
    addKeyDefinition(body);
    requireKeys(body, auth["AddApiKeyRequiredToCorsPreflight"] !== false);
  }
}

function setDefault(body: Dict, name: string, authorizers: Record<string, Dict>, onPreflight: boolean): void {
  const names = new Set(["AWS_IAM", ...Object.keys(authorizers)]);
  for (const path of Object.keys(pathsOf(body))) {
    for (const [method, definition] of allMethods(body, path)) {
      if (method === "options" && !onPreflight) continue;
      const others = securityOf(definition).filter(
        (item) => !Object.keys(item).some((key) => names.has(key)),
      );
      const own = securityOf(definition).filter((item) => Object.keys(item).some((key) => names.has(key)));
      const none = others.findIndex((item) => "NONE" in item);
      const added: Dict[] =
        none !== -1
          ? []
          : own.length > 0
            ? own
            : [{ [name]: authorizers[name]?.["AuthorizationScopes"] ?? [] }];
      const all = [...others.filter((_, i) => i !== none), ...added];
      if (all.length === 0) continue;
      definition["security"] = all;
      if ("AWS_IAM" in (all[0] ?? {})) addIamDefinition(body);
    }
  }
}

function requireKeys(body: Dict, onPreflight: boolean): void {
  for (const path of Object.keys(pathsOf(body))) {
    for (const [method, definition] of allMethods(body, path)) {
      const before = securityOf(definition);
      const others = before.filter((item) => !("api_key" in item) && !("api_key_false" in item));
      const lifted = before.some((item) => "api_key_false" in item);
      const all = lifted || (method === "options" && !onPreflight) ? others : [...others, { api_key: [] }];
      if (all.length > 0 || before.length > 0) definition["security"] = all;
    }
  }
}

function securityDefinition(sam: Sam, authorizer: Dict): Dict {
  const identity = isDict(authorizer["Identity"]) ? authorizer["Identity"] : {};
  const header = identity["Header"] || "Authorization";
  const expression = identity["ValidationExpression"];
  const validation = expression ? { identityValidationExpression: expression } : {};
  if (authorizer["iam"] === true) {
    return { type: "apiKey", name: header, in: "header", "x-amazon-apigateway-authtype": "awsSigv4" };
  }
  const pool = authorizer["UserPoolArn"];
  if (pool) {
    return {
      type: "apiKey",
      name: header,
      in: "header",
      "x-amazon-apigateway-authtype": "cognito_user_pools",
      "x-amazon-apigateway-authorizer": {
        type: "cognito_user_pools",
        providerARNs: Array.isArray(pool) ? pool : [pool],
        ...validation,
      },
    };
  }
  const request = authorizer["FunctionPayloadType"] === "REQUEST";
  const role = authorizer["FunctionInvokeRole"];
  const ttl = identity["ReauthorizeEvery"];
  const source = request ? identitySource(identity) : "";
  return {
    type: "apiKey",
    name: request ? "Unused" : header,
    in: "header",
    "x-amazon-apigateway-authtype": "custom",
    "x-amazon-apigateway-authorizer": {
      type: request ? "request" : "token",
      authorizerUri: sub(
        `arn:${sam.partition}:apigateway:\${AWS::Region}:lambda:path/2015-03-31/functions/\${__FunctionArn__}/invocations`,
        { __FunctionArn__: authorizer["FunctionArn"] },
      ),
      ...(ttl === undefined ? {} : { authorizerResultTtlInSeconds: ttl }),
      ...(role && role !== "NONE" ? { authorizerCredentials: role } : {}),
      ...(source === "" ? {} : { identitySource: source }),
      ...(request ? {} : validation),
    },
  };
}

function identitySource(identity: Dict): string {
  const parts: readonly (readonly [string, string])[] = [
    ["Headers", "method.request.header."],
    ["QueryStrings", "method.request.querystring."],
    ["StageVariables", "stageVariables."],
    ["Context", "context."],
  ];
  return parts
    .flatMap(([name, prefix]) =>
      Array.isArray(identity[name]) ? identity[name].map((each) => prefix + String(each)) : [],
    )
    .join(", ");
}
