/** An authorizer of an HTTP API: JWT, a function or IAM, and how the API's document says so. */
import { type Dict, isDict } from "../../template/value.ts";
import { InvalidResource } from "../errors.ts";
import { expectBoolean, expectMap, expectStrings } from "../expect.ts";
import { entriesOf } from "../python/dictionary.ts";
import { given } from "../python/text.ts";

const authorizerKey = "x-amazon-apigateway-authorizer";
const oauth = "OAuth2 Authorizer";
const lambda = "Lambda Authorizer";

/** Each property, which kind has it, and what the refusal calls that kind. */
const members = [
  ["AuthorizationScopes", "JWT", oauth],
  ["JwtConfiguration", "JWT", oauth],
  ["IdentitySource", "JWT", `${oauth}. For Lambda Authorizer, use the 'Identity' property instead`],
  ["FunctionArn", "REQUEST", lambda],
  ["FunctionInvokeRole", "REQUEST", lambda],
  ["Identity", "REQUEST", lambda],
  ["AuthorizerPayloadFormatVersion", "REQUEST", lambda],
  ["EnableSimpleResponses", "REQUEST", lambda],
  ["EnableFunctionDefaultPermissions", "REQUEST", lambda],
] as const;

const sources = [
  ["$request.header.", "Headers"],
  ["$request.querystring.", "QueryStrings"],
  ["$stageVariables.", "StageVariables"],
  ["$context.", "Context"],
] as const;

export class HttpAuthorizer {
  readonly functionArn: unknown;
  readonly mayInvoke: boolean;
  readonly scopes: unknown;
  readonly #apiId: string;
  readonly #name: string;
  readonly #config: Dict;
  readonly #kind: "AWS_IAM" | "JWT" | "REQUEST";
  readonly #jwt: Dict | undefined;
  readonly #partition: string;

  constructor(
    apiId: string,
    name: string,
    { config, iam = false, partition }: { config: Dict; iam?: boolean; partition: string },
  ) {
    this.#apiId = apiId;
    this.#name = name;
    this.#config = config;
    this.#partition = partition;
    this.functionArn = config["FunctionArn"];
    this.scopes = config["AuthorizationScopes"] ?? undefined;
    const jwt = config["JwtConfiguration"];
    if (given(jwt)) {
      expectMap(jwt, { id: apiId, path: "JwtConfiguration" });
      this.#jwt = Object.fromEntries(entriesOf(jwt).map(([key, value]) => [key.toLowerCase(), value]));
    }
    this.#kind = iam ? "AWS_IAM" : this.#jwt === undefined ? "REQUEST" : "JWT";
    this.#check();
    const permissions = config["EnableFunctionDefaultPermissions"] ?? undefined;
    if (permissions !== undefined) {
      expectBoolean(permissions, { id: apiId, path: `Authorizers.${name}.EnableFunctionDefaultPermissions` });
    }
    this.mayInvoke = permissions === true;
  }

  #check(): void {
    const refuse = (message: string): never => {
      throw new InvalidResource(this.#apiId, message);
    };
    if (this.scopes !== undefined && !Array.isArray(this.scopes))
      refuse("AuthorizationScopes must be a list.");
    for (const [member, kind, called] of members) {
      const value = member === "JwtConfiguration" ? this.#jwt : (this.#config[member] ?? undefined);
      if (value !== undefined && kind !== this.#kind) refuse(`${member} is only supported for ${called}.`);
    }
    if (this.#kind === "JWT" && !given(this.#config["IdentitySource"])) {
      refuse(`${this.#name} OAuth2 Authorizer must define 'IdentitySource'.`);
    }
    if (this.#kind !== "REQUEST") return;
    for (const member of ["FunctionArn", "AuthorizerPayloadFormatVersion"]) {
      if (!given(this.#config[member])) refuse(`${this.#name} Lambda Authorizer must define '${member}'.`);
    }
  }

  toOpenApi(): Dict {
    if (this.#kind === "AWS_IAM") {
      return {
        type: "apiKey",
        name: "Authorization",
        in: "header",
        "x-amazon-apigateway-authtype": "awsSigv4",
      };
    }
    if (this.#kind === "JWT") {
      return {
        type: "oauth2",
        [authorizerKey]: {
          jwtConfiguration: this.#jwt,
          identitySource: this.#config["IdentitySource"],
          type: "jwt",
        },
      };
    }
    return { type: "apiKey", name: "Unused", in: "header", [authorizerKey]: this.#functionAuthorizer() };
  }

  #functionAuthorizer(): Dict {
    const uri = `arn:${this.#partition}:apigateway:\${AWS::Region}:lambda:path/2015-03-31/functions/\${__FunctionArn__}/invocations`;
    const authorizer: Dict = {
      type: "request",
      authorizerUri: { "Fn::Sub": [uri, { __FunctionArn__: this.functionArn }] },
    };
    const role = this.#config["FunctionInvokeRole"];
    if (given(role) && role !== "NONE") authorizer["authorizerCredentials"] = role;
    const identity = this.#config["Identity"];
    if (given(identity)) {
      expectMap(identity, { id: this.#apiId, path: `Auth.Authorizers.${this.#name}.Identity` });
      const ttl = identity["ReauthorizeEvery"] ?? undefined;
      if (ttl !== undefined) authorizer["authorizerResultTtlInSeconds"] = ttl;
      authorizer["identitySource"] = this.#identitySource(identity);
    }
    authorizer["authorizerPayloadFormatVersion"] = this.#config["AuthorizerPayloadFormatVersion"];
    if (given(this.#config["EnableSimpleResponses"])) {
      authorizer["enableSimpleResponses"] = this.#config["EnableSimpleResponses"];
    }
    return authorizer;
  }

  #identitySource(identity: Dict): string[] {
    return sources.flatMap(([prefix, member]) => {
      const values = identity[member];
      if (!given(values)) return [];
      expectStrings(values, { id: this.#apiId, path: `Authorizers.${this.#name}.Identity.${member}` });
      return values.map((value) => prefix + value);
    });
  }
}

export function httpAuthorizersOf(
  apiId: string,
  partition: string,
  { config, iam }: { config: unknown; iam: unknown },
): Map<string, HttpAuthorizer> {
  const authorizers = new Map<string, HttpAuthorizer>();
  if (iam === true)
    authorizers.set("AWS_IAM", new HttpAuthorizer(apiId, "AWS_IAM", { config: {}, iam: true, partition }));
  if (!given(config)) return authorizers;
  expectMap(config, { id: apiId, path: "Auth.Authorizers" });
  for (const [name, each] of entriesOf(config)) {
    expectMap(each, { id: apiId, path: `Auth.Authorizers.${name}` });
    if (isDict(each) && "OpenIdConnectUrl" in each) {
      throw new InvalidResource(
        apiId,
        `'OpenIdConnectUrl' is no longer a supported property for authorizer '${name}'. Please refer to the AWS SAM documentation.`,
      );
    }
    authorizers.set(name, new HttpAuthorizer(apiId, name, { config: each, partition }));
  }
  return authorizers;
}
