/** Authorizer, API key, role and resource policy that an Api event asks for. */
import { type Dict } from "../../template/value.ts";
import { addCustomStatements, addResourcePolicy } from "../api/resource-policy.ts";
import type { SwaggerDocument } from "../api/swagger-document.ts";
import { setMethodAuth } from "../api/swagger-security.ts";
import { InvalidEvent } from "../errors.ts";
import { expectList, expectMap } from "../expect.ts";
import { byteString } from "../python/byte-string.ts";
import { at } from "../python/dictionary.ts";
import { given, shown } from "../python/text.ts";
import { resolved, type Sam } from "../sam.ts";
import type { Link, SamEvent } from "./event.ts";

const roleOf = (from: Dict): unknown =>
  !given(from["InvokeRole"]) && "InvokeRole" in from ? "NONE" : from["InvokeRole"];

/** The role API Gateway takes on for the call: with IAM authorization that of the caller, unless another is named. */
export function integrationCredentials(sam: Sam, { auth, apiAuth }: { auth: Dict; apiAuth: Dict }): unknown {
  const usesIam =
    auth["Authorizer"] === "AWS_IAM" || (apiAuth["DefaultAuthorizer"] === "AWS_IAM" && !given(auth));
  if (!usesIam) return undefined;
  const [own, byDefault] = [roleOf(auth), roleOf(apiAuth)];
  const role = given(own) ? own : byDefault;
  if (role === "NONE") return undefined;
  return given(role) && role !== "CALLER_CREDENTIALS"
    ? role
    : byteString(`arn:${sam.partition}:iam::*:user/*`);
}

export function addRestAuth(
  sam: Sam,
  event: SamEvent,
  { document, link }: { document: SwaggerDocument; link: Link },
): void {
  const { name, properties } = event;
  const auth = properties["Auth"] as Dict;
  const path = properties["Path"] as string;
  const method = properties["Method"] as string;
  const apiAuth = resolved(sam, (link["api"] as Dict)["Auth"]) as Dict | undefined;
  const refuse = (message: string): never => {
    throw new InvalidEvent(name, message);
  };
  if (given(auth["Authorizer"])) checkAuthorizer(event, { apiAuth, apiId: link["id"] as string });
  const scopes = auth["AuthorizationScopes"];
  if (given(scopes)) {
    expectList(scopes, { id: name, path: "Auth.AuthorizationScopes", of: "event" });
    if (!given(auth["Authorizer"])) refuse("AuthorizationScopes works only when Authorizer is set");
  }
  const key = auth["ApiKeyRequired"] ?? undefined;
  if (key !== undefined && !given(key) && !given(apiAuth?.["ApiKeyRequired"])) {
    refuse(
      `Unable to set ApiKeyRequired [False] on API method [${method}] for path [${path}] because the related API does not specify any ApiKeyRequired.`,
    );
  }
  if (given(auth["Authorizer"]) || key !== undefined) {
    setMethodAuth(document, path, method, { auth, authorizers: apiAuth?.["Authorizers"] });
  }
  const policy = auth["ResourcePolicy"];
  if (!given(policy)) return;
  expectMap(policy, { id: name, path: "Auth.ResourcePolicy" });
  addResourcePolicy(document, policy, { path, stage: stageInPolicy(link["stage"]) });
  if (given(policy["CustomStatements"])) addCustomStatements(document, policy["CustomStatements"]);
}

/** The name a template gives its stage, or a word of our own. */
const stageInPolicy = (stage: unknown): unknown =>
  stage === "Stage" || stage === "AllStages" ? byteString(stage) : stage;

function checkAuthorizer(
  { name, properties }: SamEvent,
  { apiAuth, apiId }: { apiAuth: Dict | undefined; apiId: string },
): void {
  const authorizer = (properties["Auth"] as Dict)["Authorizer"];
  const path = properties["Path"] as string;
  const method = properties["Method"] as string;
  const authorizers = apiAuth?.["Authorizers"];
  if (given(authorizers)) expectMap(authorizers, { id: apiId, path: "Auth.Authorizers" });
  if (authorizer === "AWS_IAM") return;
  const on = `on API method [${method}] for path [${path}]`;
  if (authorizer === "NONE") {
    if (given(apiAuth?.["DefaultAuthorizer"])) return;
    throw new InvalidEvent(
      name,
      `Unable to set Authorizer ${on} because 'NONE' is only a valid value when a DefaultAuthorizer on the API is specified.`,
    );
  }
  const unable = `Unable to set Authorizer [${shown(authorizer)}] ${on}`;
  if (!given(authorizers)) {
    throw new InvalidEvent(name, `${unable} because the related API does not define any Authorizers.`);
  }
  if (typeof authorizer !== "string") {
    throw new InvalidEvent(
      name,
      `${unable}. The method authorizer must be a string with a corresponding dict entry in the api authorizer.`,
    );
  }
  if (!given(at(authorizers as Dict, authorizer))) {
    throw new InvalidEvent(name, `${unable} because it wasn't defined in the API's Authorizers.`);
  }
}
