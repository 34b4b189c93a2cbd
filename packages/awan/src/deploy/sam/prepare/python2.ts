/**
 * Which parts of a template the translator turns into Python 2.7's dictionaries and strings: those that may end in the
 * document of a REST API, and only when there is one.
 */
import { type Dict, isDict } from "../../template/value.ts";
import { remember, rememberOne } from "../python/dictionary.ts";
import { given } from "../python/text.ts";

const propertiesOf = (resource: unknown): Dict =>
  isDict(resource) && isDict(resource["Properties"]) ? resource["Properties"] : {};

const hasEvent = (resource: unknown, type: string): boolean => {
  const events = propertiesOf(resource)["Events"];
  return isDict(events) && Object.values(events).some((event) => isDict(event) && event["Type"] === type);
};

const typeOf = (resource: unknown): unknown => (isDict(resource) ? resource["Type"] : undefined);
const isOwner = (resource: unknown): boolean =>
  typeOf(resource) === "AWS::Serverless::Function" || typeOf(resource) === "AWS::Serverless::StateMachine";

function hasRestApi(resources: readonly unknown[]): boolean {
  return resources.some(
    (each) => typeOf(each) === "AWS::Serverless::Api" || (isOwner(each) && hasEvent(each, "Api")),
  );
}

const hasDefault = (auth: unknown): boolean => isDict(auth) && given(auth["DefaultAuthorizer"]);

function hasHttpApiWithDefaultAuthorizer(template: Dict, resources: readonly unknown[]): boolean {
  const globals = isDict(template["Globals"]) ? template["Globals"] : {};
  const api = isDict(globals["HttpApi"]) ? globals["HttpApi"] : {};
  const isGlobal = hasDefault(api["Auth"]);
  return resources.some((each) => {
    if (typeOf(each) === "AWS::Serverless::HttpApi")
      return isGlobal || hasDefault(propertiesOf(each)["Auth"]);
    return isGlobal && typeOf(each) === "AWS::Serverless::Function" && hasEvent(each, "HttpApi");
  });
}

/** @returns whether the template is treated so. */
export function rememberPython2(template: Dict, parameters: Dict): boolean {
  const resources = template["Resources"] as Dict;
  const list = Object.values(resources);
  if (!hasRestApi(list) && !hasHttpApiWithDefaultAuthorizer(template, list)) return false;
  if (isDict(template["Globals"])) remember(template["Globals"]["Api"]);
  if (isDict(template["Parameters"])) {
    for (const definition of Object.values(template["Parameters"])) {
      if (isDict(definition)) remember(definition["Default"]);
    }
    rememberOne(template["Parameters"]);
  }
  for (const resource of list) {
    const type = typeOf(resource);
    const properties = propertiesOf(resource);
    if (type === "AWS::Serverless::Api" || type === "AWS::Serverless::HttpApi") remember(properties);
    else if (isOwner(resource)) {
      remember(properties["FunctionName"]);
      remember(properties["Events"]);
    }
  }
  rememberOne(resources);
  Object.values(parameters).forEach(remember);
  return true;
}
