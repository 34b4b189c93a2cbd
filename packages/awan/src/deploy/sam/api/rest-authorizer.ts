/** An authorizer of a REST API: a Cognito user pool, a function or IAM, and how the API's document says so. */
import { type Dict, isDict } from "../../template/value.ts";
import { InvalidResource } from "../errors.ts";
import { expectBoolean, expectList, expectMap, expectString } from "../expect.ts";
import { byteString, withoutMark } from "../python/byte-string.ts";
import { dictionary, put } from "../python/dictionary.ts";
import { given, shown } from "../python/text.ts";

const text = byteString;
const authorizerKey = text("x-amazon-apigateway-authorizer");

const identitySources = [
  ["Headers", "method.request.header."],
  ["QueryStrings", "method.request.querystring."],
  ["StageVariables", "stageVariables."],
  ["Context", "context."],
] as const;

export class RestAuthorizer {
  readonly functionArn: unknown;
  readonly noPermission: boolean;
  readonly scopes: unknown;
  readonly #apiId: string;
  readonly #name: string;
  readonly #config: Dict;
  readonly #isIam: boolean;
  readonly #partition: string;

  constructor(
    apiId: string,
    name: string,
    { config, iam = false, partition }: { config: Dict; iam?: boolean; partition: string },
  ) {
    this.#apiId = apiId;
    this.#name = withoutMark(name);
    this.#config = config;
    this.#isIam = iam;
    this.#partition = partition;
    this.functionArn = config["FunctionArn"];
    this.scopes = config["AuthorizationScopes"] ?? [];
    const payload = config["FunctionPayloadType"] ?? undefined;
    if (payload !== undefined && payload !== "TOKEN" && payload !== "REQUEST") {
      throw new InvalidResource(
        apiId,
        `${this.#name} Authorizer has invalid 'FunctionPayloadType': ${shown(payload)}.`,
      );
    }
    if (payload === "REQUEST" && this.#lacksIdentity(config["Identity"])) {
      throw new InvalidResource(
        apiId,
        `${this.#name} Authorizer must specify Identity with at least one of Headers, QueryStrings, StageVariables, or Context.`,
      );
    }
    expectList(this.scopes, { id: apiId, path: `Authorizers.${this.#name}.AuthorizationScopes` });
    const disable = config["DisableFunctionDefaultPermissions"] ?? undefined;
    if (disable !== undefined) {
      expectBoolean(disable, {
        id: apiId,
        path: `Authorizers.${this.#name}.DisableFunctionDefaultPermissions`,
      });
    }
    this.noPermission = disable === true;
  }

  #lacksIdentity(identity: unknown): boolean {
    if (!given(identity)) return true;
    expectMap(identity, { id: this.#apiId, path: `Authorizer.${this.#name}.Identity` });
    const missing = !identitySources.some(([member]) => given(identity[member]));
    const ttl = identity["ReauthorizeEvery"];
    const seconds =
      typeof ttl === "number" || typeof ttl === "boolean"
        ? Number(ttl)
        : typeof ttl === "string" && /^\s*[-+]?\d+\s*$/.test(ttl)
          ? Number(ttl)
          : undefined;
    return seconds === undefined ? missing : Math.trunc(seconds) > 0 && missing;
  }

  toSwagger(): Dict {
    const kind = this.#isIam ? "iam" : given(this.#config["UserPoolArn"]) ? "cognito" : "lambda";
    const isRequest = this.#config["FunctionPayloadType"] === "REQUEST";
    const swagger = dictionary();
    put(swagger, text("type"), text("apiKey"));
    put(swagger, text("name"), kind === "lambda" && isRequest ? text("Unused") : this.#headerName());
    put(swagger, text("in"), text("header"));
    const types = { iam: "awsSigv4", cognito: "cognito_user_pools", lambda: "custom" };
    put(swagger, text("x-amazon-apigateway-authtype"), text(types[kind]));
    if (kind === "iam") return swagger;
    const authorizer = dictionary();
    if (kind === "cognito") {
      const pools = this.#config["UserPoolArn"];
      put(authorizer, text("type"), text("cognito_user_pools"));
      put(authorizer, text("providerARNs"), Array.isArray(pools) ? pools : [pools]);
    } else this.#describeFunction(authorizer, isRequest);
    put(swagger, authorizerKey, authorizer);
    const identity = this.#config["Identity"];
    const validation = isDict(identity) ? identity["ValidationExpression"] : undefined;
    if ((kind === "cognito" || !isRequest) && given(validation)) {
      put(authorizer, text("identityValidationExpression"), validation);
    }
    return swagger;
  }

  #headerName(): unknown {
    const identity = this.#config["Identity"];
    if (given(identity) && !isDict(identity)) {
      throw new InvalidResource(
        this.#apiId,
        "Auth.Authorizers.<Authorizer>.Identity must be a dict (LambdaTokenAuthorizationIdentity, LambdaRequestAuthorizationIdentity or CognitoAuthorizationIdentity).",
      );
    }
    const header = isDict(identity) ? identity["Header"] : undefined;
    return given(header) ? header : text("Authorization");
  }

  #describeFunction(authorizer: Dict, isRequest: boolean): void {
    put(authorizer, text("type"), text(isRequest ? "request" : "token"));
    const uri = `arn:${this.#partition}:apigateway:\${AWS::Region}:lambda:path/2015-03-31/functions/\${__FunctionArn__}/invocations`;
    put(authorizer, text("authorizerUri"), {
      [text("Fn::Sub")]: [text(uri), { [text("__FunctionArn__")]: this.functionArn ?? null }],
    });
    const identity = this.#config["Identity"];
    const ttl = isDict(identity) ? identity["ReauthorizeEvery"] : undefined;
    if (ttl !== undefined && ttl !== null) put(authorizer, text("authorizerResultTtlInSeconds"), ttl);
    const role = this.#config["FunctionInvokeRole"];
    if (given(role) && role !== "NONE") put(authorizer, text("authorizerCredentials"), role);
    if (!isRequest) return;
    const source = this.#identitySource(isDict(identity) ? identity : {});
    if (source !== "") put(authorizer, text("identitySource"), source);
  }

  #identitySource(identity: Dict): string {
    return identitySources
      .flatMap(([member, prefix]) => {
        const names = identity[member];
        if (!given(names)) return [];
        const path = `Auth.Authorizers.${this.#name}.Identity.${member}`;
        expectList(names, { id: this.#apiId, path });
        return names.map((name, index) => {
          expectString(name, { id: this.#apiId, path: `${path}[${index}]` });
          return prefix + withoutMark(name);
        });
      })
      .join(", ");
  }
}
