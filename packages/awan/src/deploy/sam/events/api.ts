/** Api events: a method of a REST API, written into the API's Swagger document, and the permission to call. */
import { type Dict, isDict, textOf } from "../../template/value.ts";
import { addMethodAuth, requireDefinedAuthorizer } from "../api/rest-api-auth.ts";
import { addResourcePolicy } from "../api/resource-policy.ts";
import {
  hasIntegration,
  integrationKey,
  isSwagger,
  methodKey,
  methodsAt,
  openMethod,
} from "../api/swagger.ts";
import { conditional } from "../api/openapi.ts";
import { InvalidEvent, InvalidResource } from "../errors.ts";
import { resolveParameters, sub } from "../sam.ts";
import { integrationUri, withoutProxies } from "./http-api.ts";
import { type EventHandler, type EventOwner, permission, required, type SamEvent } from "./owner.ts";

export const apiEvent: EventHandler = (owner, event) => {
  required(event, "Path", "Method", "RestApiId");
  const { properties } = event;
  const given = properties["RestApiId"];
  const apiId = isDict(given) && "Ref" in given ? given["Ref"] : given;
  const api = typeof apiId === "string" ? owner.sam.resources[apiId] : undefined;
  if (typeof apiId === "string" && api === undefined) {
    throw new InvalidEvent(
      event.id,
      "RestApiId property of Api event must reference a valid resource in the same template.",
    );
  }
  const own = (api === undefined ? {} : (api["Properties"] ??= {})) as Dict;
  const stageName = own["StageName"];
  if (stageName === "") throw new InvalidResource(textOf(apiId), "StageName cannot be empty.");
  const stage = api === undefined ? "AllStages" : typeof stageName === "string" ? stageName : "Stage";
  const path = textOf(properties["Path"]);
  const method = textOf(properties["Method"]).toLowerCase();
  const allowed = permission(owner, event, {
    principal: "apigateway.amazonaws.com",
    sourceArn: sub(
      `arn:${owner.sam.partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${__ApiId__}/\${__Stage__}/${method === "any" ? "*" : method.toUpperCase()}${withoutProxies(path.replace(/^(.+)\/$/, "$1"))}`,
      { __ApiId__: given, __Stage__: "*" },
    ),
    suffix: stage,
  });
  const body = own["DefinitionBody"];
  if (typeof apiId !== "string" || !isDict(body)) return [allowed];
  const route: Route = { owner, event, api: own, apiId, path, method, stage };
  if (own["__MANAGE_SWAGGER"] || own["MergeDefinitions"]) addRoute(route, body);
  const auth = properties["Auth"];
  if (isDict(auth) && auth["OverrideApiAuth"]) {
    if (!auth["Authorizer"] && !auth["ApiKeyRequired"] && !auth["ResourcePolicy"]) {
      throw new InvalidEvent(
        event.id,
        "Must define one of: Authorizer, ApiKeyRequired or ResourcePolicy when using the OverrideApiAuth property.",
      );
    }
    if (isSwagger(body)) addAuth(route, body, auth);
  }
  return [allowed];
};

interface Route {
  readonly owner: EventOwner;
  readonly event: SamEvent;
  readonly api: Dict;
  readonly apiId: string;
  readonly path: string;
  readonly method: string;
  readonly stage: string;
}

function addRoute(route: Route, target: Dict): void {
  const { owner, event, api, path, method } = route;
  const { properties } = event;
  const merge = api["MergeDefinitions"];
  // Merging writes into a document of its own first, so that what the user wrote is only overlaid.
  const body: Dict = merge ? { swagger: "2.0", paths: {} } : target;
  if (hasIntegration(body, path, method)) {
    throw new InvalidEvent(event.id, `API method "${method}" defined multiple times for path "${path}".`);
  }
  const streaming = properties["ResponseTransferMode"] === "RESPONSE_STREAM";
  const uri = integrationUri(owner.arn, streaming);
  const text = String(uri["Fn::Sub"]).replace("${AWS::Partition}", owner.sam.partition);
  for (const item of openMethod(body, path, method)) {
    const key = methodKey(method);
    const definition = isDict(item[key]) ? item[key] : {};
    const integration: Dict = {
      type: "aws_proxy",
      httpMethod: "POST",
      uri: conditional(owner.condition, sub(text)),
    };
    if (streaming) integration["responseTransferMode"] = "STREAM";
    const credentials = credentialsOf(route);
    if (credentials !== undefined) integration["credentials"] = credentials;
    definition[integrationKey] = integration;
    definition["responses"] ??= {};
    item[key] = conditional(owner.condition, definition);
  }
  if (isDict(properties["Auth"])) addAuth(route, body, properties["Auth"]);
  if (properties["TimeoutInMillis"]) {
    for (const definition of methodsAt(body, path, method)) {
      (definition[integrationKey] as Dict)["timeoutInMillis"] = properties["TimeoutInMillis"];
    }
  }
  addRequestModel(route, body);
  addRequestParameters(route, body);
  if (merge) mergeInto(target, body, path, method);
}

function mergeInto(target: Dict, body: Dict, path: string, method: string): void {
  const paths = (target["paths"] ??= {}) as Dict;
  const item = (paths[path] ??= {}) as Dict;
  const generated = ((body["paths"] as Dict)[path] as Dict)[methodKey(method)] as Dict;
  item[method] = { ...(item[method] as Dict | undefined), ...generated };
}

/** With IAM authorisation the integration runs with the caller's or a given role's rights. */
function credentialsOf({ owner, event, api }: Route): unknown {
  const auth = isDict(event.properties["Auth"]) ? event.properties["Auth"] : {};
  const apiAuth = isDict(api["Auth"]) ? api["Auth"] : {};
  const iam =
    auth["Authorizer"] === "AWS_IAM" ||
    (apiAuth["DefaultAuthorizer"] === "AWS_IAM" && Object.keys(auth).length === 0);
  if (!iam) return undefined;
  const role = roleOf(auth) ?? roleOf(apiAuth);
  if (role === "NONE") return undefined;
  return role && role !== "CALLER_CREDENTIALS" ? role : `arn:${owner.sam.partition}:iam::*:user/*`;
}

function addAuth(route: Route, body: Dict, auth: Dict): void {
  const { owner, event, api, apiId, path, method, stage } = route;
  const apiAuth = resolveParameters(owner.sam, api["Auth"]);
  requireDefinedAuthorizer({ eventId: event.id, apiId, auth, apiAuth, path, method });
  const name = auth["Authorizer"];
  if (auth["AuthorizationScopes"] && !name) {
    throw new InvalidEvent(event.id, "AuthorizationScopes works only when Authorizer is set");
  }
  const key = auth["ApiKeyRequired"];
  if (key !== undefined && !key && !(isDict(apiAuth) && apiAuth["ApiKeyRequired"])) {
    throw new InvalidEvent(
      event.id,
      `Unable to set ApiKeyRequired [False] on API method [${method}] for path [${path}] because the related API does not specify any ApiKeyRequired.`,
    );
  }
  if (name || key !== undefined) addMethodAuth(body, { path, method, auth, apiAuth });
  const policy = auth["ResourcePolicy"];
  if (isDict(policy)) addResourcePolicy(body, policy, path, stage);
}

function addRequestModel({ event, api, path, method }: Route, body: Dict): void {
  const request = event.properties["RequestModel"];
  if (request === undefined || request === null) return;
  if (!isDict(request)) throw new InvalidEvent(event.id, "Property 'RequestModel' should be a map.");
  const model = request["Model"];
  if (!model) return;
  const models = api["Models"];
  const unable = `Unable to set RequestModel [${textOf(model)}] on API method [${method}] for path [${path}]`;
  const refuse = (why: string): never => {
    throw new InvalidEvent(event.id, `${unable} ${why}`);
  };
  if (!models) refuse("because the related API does not define any Models.");
  if (!isDict(models)) return refuse("because the related API Models defined is of invalid type.");
  if (typeof model !== "string") return refuse("because the related API does not contain valid Models.");
  if (!models[model]) refuse("because it wasn't defined in the API's Models.");
  const name = model.toLowerCase();
  const needed = request["Required"];
  const requiredPart = needed === undefined ? {} : { required: needed };
  for (const definition of methodsAt(body, path, method)) {
    if (body["swagger"] !== undefined) {
      const list = (definition["parameters"] ??= []) as Dict[];
      list.push({ in: "body", name, schema: { $ref: `#/definitions/${name}` }, ...requiredPart });
    } else {
      definition["requestBody"] = {
        content: { "application/json": { schema: { $ref: `#/components/schemas/${name}` } } },
        ...requiredPart,
      };
    }
  }
  const { ValidateBody: validateBody, ValidateParameters: validateParameters } = request;
  if (validateBody === undefined && validateParameters === undefined) return;
  const [inBody, inParameters] = [validateBody ?? false, validateParameters ?? false];
  if (typeof inBody !== "boolean" || typeof inParameters !== "boolean") {
    throw new InvalidEvent(
      event.id,
      `Unable to set Validator to RequestModel [${model}] on API method [${method}] for path [${path}] ValidateBody and ValidateParameters must be a boolean type, strings or intrinsics are not supported.`,
    );
  }
  const validator = inBody
    ? inParameters
      ? "body-and-params"
      : "body-only"
    : inParameters
      ? "params-only"
      : "no-validation";
  const validators = (body["x-amazon-apigateway-request-validators"] ??= {}) as Dict;
  validators[validator] ??= { validateRequestBody: inBody, validateRequestParameters: inParameters };
  for (const definition of methodsAt(body, path, method)) {
    definition["x-amazon-apigateway-request-validator"] = validator;
  }
}

function addRequestParameters({ event, path, method }: Route, body: Dict): void {
  const list = event.properties["RequestParameters"];
  if (!Array.isArray(list) || list.length === 0) return;
  const refuse = (message: string): never => {
    throw new InvalidEvent(event.id, `Invalid value for 'RequestParameters' property. ${message}`);
  };
  for (const item of list) {
    if (typeof item !== "string" && !isDict(item)) {
      refuse("Property must be either a string or an object");
    }
    const [name, settings] = isDict(item) ? (Object.entries(item)[0] ?? ["", {}]) : [String(item), {}];
    if (!/^method\.request\.(querystring|path|header)\./.test(name)) {
      refuse(
        "Keys must be in the format 'method.request.[querystring|path|header].{value}', e.g 'method.request.header.Authorization'.",
      );
    }
    if (!isDict(settings) || !Object.keys(settings).every((key) => key === "Required" || key === "Caching")) {
      return refuse("Values must be an object, e.g { Required: true, Caching: false }");
    }
    const [location = "", ...rest] = name.replace("method.request.", "").split(".");
    for (const definition of methodsAt(body, path, method)) {
      const parameters = (definition["parameters"] ??= []) as Dict[];
      parameters.push({
        in: location === "querystring" ? "query" : location,
        name: rest.join("."),
        required: settings["Required"] ?? false,
        type: "string",
      });
      if (settings["Caching"]) {
        const integration = definition[integrationKey] as Dict;
        ((integration["cacheKeyParameters"] ??= []) as unknown[]).push(name);
      }
    }
  }
}

const roleOf = (from: Dict): unknown => from["InvokeRole"] || ("InvokeRole" in from ? "NONE" : undefined);
