/** Request models, validators and parameters of an Api event. */
import { type Dict, isDict, isIntrinsic } from "../../template/value.ts";
import type { RequestParameter, SwaggerDocument } from "../api/swagger-document.ts";
import { InvalidEvent } from "../errors.ts";
import { expectMap } from "../expect.ts";
import { entriesOf } from "../python/dictionary.ts";
import { given, shown } from "../python/text.ts";
import type { SamEvent } from "./event.ts";

export function addRequestModel(
  { name, properties }: SamEvent,
  { document, api }: { document: SwaggerDocument; api: Dict },
): void {
  const config = properties["RequestModel"];
  if (!given(config)) return;
  expectMap(config, { id: name, path: "RequestModel", of: "event" });
  const model = config["Model"];
  if (!given(model)) return;
  const path = properties["Path"] as string;
  const method = properties["Method"] as string;
  const refuse = (kind: string, reason: string): never => {
    throw new InvalidEvent(
      name,
      `Unable to set ${kind}[${shown(model)}] on API method [${method}] for path [${path}] ${reason}`,
    );
  };
  const models = api["Models"];
  if (!given(models)) refuse("RequestModel ", "because the related API does not define any Models.");
  if (!isDict(models))
    return refuse("RequestModel ", "because the related API Models defined is of invalid type.");
  if (typeof model !== "string") {
    return refuse("RequestModel ", "because the related API does not contain valid Models.");
  }
  if (!isIntrinsic(models) && !given(models[model])) {
    refuse("RequestModel ", "because it wasn't defined in the API's Models.");
  }
  document.addRequestModel(path, method, config);
  const body = config["ValidateBody"] ?? undefined;
  const parameters = config["ValidateParameters"] ?? undefined;
  if (body === undefined && parameters === undefined) return;
  const [validatesBody, validatesParameters] = [body ?? false, parameters ?? false];
  if (typeof validatesBody !== "boolean" || typeof validatesParameters !== "boolean") {
    return refuse(
      "Validator to RequestModel ",
      "ValidateBody and ValidateParameters must be a boolean type, strings or intrinsics are not supported.",
    );
  }
  document.addRequestValidator(path, method, { body: validatesBody, parameters: validatesParameters });
}

export function addRequestParameters({ name, properties }: SamEvent, document: SwaggerDocument): void {
  const list = properties["RequestParameters"];
  if (!given(list)) return;
  const each: unknown[] = Array.isArray(list) ? list : Object.keys(list as Dict);
  const parameters = each.map((parameter) => parameterOf(name, parameter));
  document.addRequestParameters(properties["Path"] as string, properties["Method"], parameters);
}

function parameterOf(eventName: string, value: unknown): RequestParameter {
  const refuse = (reason: string): never => {
    throw new InvalidEvent(eventName, `Invalid value for 'RequestParameters' property. ${reason}`);
  };
  if (typeof value !== "string" && !isDict(value)) {
    return refuse("Property must be either a string or an object");
  }
  const [name, settings] = typeof value === "string" ? [value, {}] : (entriesOf(value)[0] ?? ["", undefined]);
  if (!/^method\.request\.(querystring|path|header)\./.test(name)) {
    refuse(
      "Keys must be in the format 'method.request.[querystring|path|header].{value}', e.g 'method.request.header.Authorization'.",
    );
  }
  if (!isDict(settings) || !Object.keys(settings).every((key) => key === "Required" || key === "Caching")) {
    return refuse("Values must be an object, e.g { Required: true, Caching: false }");
  }
  return {
    name,
    required: "Required" in settings ? settings["Required"] : false,
    caching: "Caching" in settings ? settings["Caching"] : false,
  };
}
