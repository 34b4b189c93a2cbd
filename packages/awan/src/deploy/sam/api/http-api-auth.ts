/** Who may call an HTTP API's routes: authorizers in the OpenAPI document, defaults, and what a route says itself. */
import { type Dict, isDict } from "../../template/value.ts";
import { InvalidEvent, InvalidResource } from "../errors.ts";
import type { SamEvent } from "../events/owner.ts";
import { type Sam, sub } from "../sam.ts";
import { integratedMethods, methodsAt } from "./openapi.ts";

export interface RouteAuth {
  readonly event: SamEvent;
  readonly auth: Dict;
  readonly api: Dict;
  readonly apiId: string;
  readonly body: Dict;
  readonly path: string;
  readonly method: string;
}

export function addRouteAuthorizer({ event, auth, api, apiId, body, path, method }: RouteAuth): void {
  const apiAuth = api["Auth"] ?? {};
  if (!isDict(apiAuth)) throw new InvalidResource(apiId, "Property 'Auth' should be a map.");
  const name = auth["Authorizer"] ?? apiAuth["DefaultAuthorizer"];
  const refuse = (message: string): never => {
    throw new InvalidEvent(event.id, message);
  };
  if (!name) {
    refuse(
      "'Auth' section requires either an explicit 'Authorizer' set or a 'DefaultAuthorizer' configured on the HttpApi.",
    );
  }
  const authorizers = apiAuth["Authorizers"];
  const iam = apiAuth["EnableIamAuthorizer"] === true;
  const unable = `Unable to set Authorizer [${String(name)}] on API method [${method}] for path [${path}]`;
  if (name === "NONE") {
    if (!apiAuth["DefaultAuthorizer"]) {
      refuse(
        `Unable to set Authorizer on API method [${method}] for path [${path}] because 'NONE' is only a valid value when a DefaultAuthorizer on the API is specified.`,
      );
    }
  } else if (name !== "AWS_IAM" || !iam) {
    if (typeof name !== "string" || !isDict(authorizers)) {
      refuse(
        `${unable}. The method authorizer must be a string with a corresponding dict entry in the api authorizer.`,
      );
    }
    if (!isDict(authorizers) || Object.keys(authorizers).length === 0) {
      refuse(`${unable} because the related API does not define any Authorizers.`);
    }
    if (!isDict(authorizers) || !authorizers[String(name)]) {
      refuse(`${unable} because it wasn't defined in the API's Authorizers.`);
    }
  }
  const scopes = auth["AuthorizationScopes"];
  if (scopes && !Array.isArray(scopes)) {
    refuse(
      `Unable to set Authorizer on API method [${method}] for path [${path}] because 'AuthorizationScopes' must be a list of strings.`,
    );
  }
  for (const definition of methodsAt(body, path, method)) {
    setSecurity(
      definition,
      String(name),
      name === "AWS_IAM" ? undefined : (scopes ?? defaultScopes(authorizers, String(name))),
    );
  }
}

function defaultScopes(authorizers: unknown, name: string): unknown {
  const authorizer = isDict(authorizers) ? authorizers[name] : undefined;
  return isDict(authorizer) ? authorizer["AuthorizationScopes"] : undefined;
}

function setSecurity(definition: Dict, name: string, scopes: unknown): void {
  const before = Array.isArray(definition["security"]) ? (definition["security"] as Dict[]) : [];
  definition["security"] = [...before, { [name]: Array.isArray(scopes) ? scopes : [] }];
}

/** Adds the API's authorizers to the document and its default to routes that say nothing. */
export function addAuthorizers(sam: Sam, apiId: string, auth: Dict, body: Dict): void {
  const authorizers = authorizersOf(apiId, auth);
  const components = (body["components"] ??= {}) as Dict;
  const schemes = (components["securitySchemes"] ??= {}) as Dict;
  for (const [name, authorizer] of Object.entries(authorizers))
    schemes[name] = securityScheme(sam, apiId, name, authorizer);
  if (Object.keys(schemes).length === 0) {
    delete components["securitySchemes"];
    if (Object.keys(components).length === 0) delete body["components"];
  }
  const name = auth["DefaultAuthorizer"];
  if (!name) return;
  if (typeof name !== "string") throw new InvalidResource(apiId, "'DefaultAuthorizer' must be a string.");
  if (name !== "AWS_IAM" && !Object.hasOwn(authorizers, name)) {
    throw new InvalidResource(
      apiId,
      `Unable to set DefaultAuthorizer because '${name}' was not defined in 'Authorizers'.`,
    );
  }
  for (const [, method, definition] of integratedMethods(body)) {
    if (method === "options") continue;
    if (definition["security"] !== undefined) continue;
    setSecurity(definition, name, authorizers[name]?.["AuthorizationScopes"]);
  }
}

export function authorizersOf(apiId: string, auth: Dict): Record<string, Dict> {
  const found: Record<string, Dict> = {};
  if (auth["EnableIamAuthorizer"] === true) found["AWS_IAM"] = { iam: true };
  const given = auth["Authorizers"];
  if (!given) return found;
  if (!isDict(given)) throw new InvalidResource(apiId, "Property 'Auth.Authorizers' should be a map.");
  for (const [name, authorizer] of Object.entries(given)) {
    if (!isDict(authorizer))
      throw new InvalidResource(apiId, `Property 'Auth.Authorizers.${name}' should be a map.`);
    if ("OpenIdConnectUrl" in authorizer) {
      throw new InvalidResource(
        apiId,
        `'OpenIdConnectUrl' is no longer a supported property for authorizer '${name}'. Please refer to the AWS SAM documentation.`,
      );
    }
    found[name] = authorizer;
  }
  return found;
}

function securityScheme(sam: Sam, apiId: string, name: string, authorizer: Dict): Dict {
  if (authorizer["iam"] === true) {
    return {
      type: "apiKey",
      name: "Authorization",
      in: "header",
      "x-amazon-apigateway-authtype": "awsSigv4",
    };
  }
  if (authorizer["FunctionArn"] === undefined) {
    return {
      type: "oauth2",
      "x-amazon-apigateway-authorizer": {
        jwtConfiguration: authorizer["JwtConfiguration"],
        identitySource: authorizer["IdentitySource"],
        type: "jwt",
      },
    };
  }
  if (!authorizer["AuthorizerPayloadFormatVersion"]) {
    throw new InvalidResource(
      apiId,
      `${name} Lambda Authorizer must define 'AuthorizerPayloadFormatVersion'.`,
    );
  }
  const identity = isDict(authorizer["Identity"]) ? authorizer["Identity"] : undefined;
  const role = authorizer["FunctionInvokeRole"];
  const simple = authorizer["EnableSimpleResponses"];
  return {
    type: "apiKey",
    name: "Unused",
    in: "header",
    "x-amazon-apigateway-authorizer": {
      type: "request",
      authorizerUri: sub(
        `arn:${sam.partition}:apigateway:\${AWS::Region}:lambda:path/2015-03-31/functions/\${__FunctionArn__}/invocations`,
        { __FunctionArn__: authorizer["FunctionArn"] },
      ),
      ...(role && role !== "NONE" ? { authorizerCredentials: role } : {}),
      ...(identity?.["ReauthorizeEvery"] === undefined
        ? {}
        : { authorizerResultTtlInSeconds: identity["ReauthorizeEvery"] }),
      ...identitySource(identity),
      authorizerPayloadFormatVersion: authorizer["AuthorizerPayloadFormatVersion"],
      ...(simple === undefined ? {} : { enableSimpleResponses: simple }),
    },
  };
}

function identitySource(identity: Dict | undefined): Dict {
  if (identity === undefined) return {};
  const part = (name: string, prefix: string): string[] =>
    Array.isArray(identity[name])
      ? (identity[name] as unknown[]).map((each) => `${prefix}${String(each)}`)
      : [];
  const sources = [
    ...part("Headers", "$request.header."),
    ...part("QueryStrings", "$request.querystring."),
    ...part("StageVariables", "$stageVariables."),
    ...part("Context", "$context."),
  ];
  return sources.length === 0 ? {} : { identitySource: sources };
}
