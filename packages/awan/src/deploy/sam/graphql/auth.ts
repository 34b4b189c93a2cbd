/** Who may call a GraphQL API: one way by default and any number beside it. */
import { type Dict } from "../../template/value.ts";
import { InvalidResource } from "../errors.ts";
import { expectValue } from "../expect.ts";
import { given } from "../python/text.ts";
import { present } from "./context.ts";

const configurations = {
  AWS_LAMBDA: ["LambdaAuthorizer", "LambdaAuthorizerConfig"],
  OPENID_CONNECT: ["OpenIDConnect", "OpenIDConnectConfig"],
  AMAZON_COGNITO_USER_POOLS: ["UserPool", "UserPoolConfig"],
} as const;

interface Auth {
  readonly properties: Dict;
  /** Functions that authorize. */
  readonly lambdaArns: unknown[];
}

export function authOf(id: string, auth: Dict): Auth {
  const { Additional: additional, ...byDefault } = auth;
  const lambdaArns: unknown[] = [];
  const properties: Dict = { AuthenticationType: auth["Type"], ...providerOf(id, byDefault, lambdaArns) };
  if (given(additional)) {
    properties["AdditionalAuthenticationProviders"] = (additional as Dict[]).map((each, index) => ({
      AuthenticationType: each["Type"],
      ...providerOf(id, each, lambdaArns, index),
    }));
  }
  return { properties, lambdaArns };
}

function providerOf(id: string, auth: Dict, lambdaArns: unknown[], index?: number): Dict {
  if (Object.keys(present(auth)).length > 2) {
    const path = index === undefined || index === 0 ? "'Auth'" : `'Auth.Additional.${index}'`;
    throw new InvalidResource(id, `${path} has more than one authentication configuration defined.`);
  }
  const type = auth["Type"] as string;
  if (!Object.hasOwn(configurations, type)) return {};
  const [member, name] = configurations[type as keyof typeof configurations];
  const value = auth[member] ?? undefined;
  expectValue(value, { id, path: member }, `'${member}' must be defined if type is '${type}'.`);
  const config = present(value as Dict);
  if (member === "LambdaAuthorizer") lambdaArns.push(config["AuthorizerUri"]);
  // What happens to calls without a user is decided by the default only.
  if (member === "UserPool" && index !== undefined) delete config["DefaultAction"];
  return Object.keys(config).length === 0 ? {} : { [name]: config };
}
