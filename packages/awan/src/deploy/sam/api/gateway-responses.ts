/** GatewayResponses: what API Gateway itself answers, written into the document. */
import { type Dict, isDict, isIntrinsic, textOf } from "../../template/value.ts";
import { InvalidResource } from "../errors.ts";
import { isSwagger } from "./swagger.ts";

const names = ["ResponseParameters", "ResponseTemplates", "StatusCode"];

export function gatewayResponses(id: string, responses: unknown, body: Dict | undefined): void {
  if (!isDict(responses)) return;
  if (body === undefined) {
    throw new InvalidResource(
      id,
      "GatewayResponses works only with inline Swagger specified in 'DefinitionBody' property.",
    );
  }
  const target = (body["x-amazon-apigateway-gateway-responses"] ??= {}) as Dict;
  for (const [type, response] of Object.entries(responses)) {
    if (isIntrinsic(response)) {
      throw new InvalidResource(
        id,
        "Unable to set GatewayResponses attribute because intrinsic functions are not supported for this field.",
      );
    }
    if (!isDict(response)) {
      throw new InvalidResource(
        id,
        "Invalid property type 'str' for GatewayResponses. Expected an object of type 'GatewayResponse'.",
      );
    }
    const unknown = Object.keys(response).find((key) => !names.includes(key));
    if (unknown !== undefined) {
      throw new InvalidResource(
        id,
        `Invalid property '${unknown}' in 'GatewayResponses' property '${type}'.`,
      );
    }
    if (!isSwagger(body)) {
      throw new InvalidResource(
        id,
        "Unable to add Auth configuration because 'DefinitionBody' does not contain a valid Swagger definition.",
      );
    }
    const parameters = parametersOf(response["ResponseParameters"]);
    const status = response["StatusCode"];
    target[type] = {
      responseParameters: parameters,
      responseTemplates: isDict(response["ResponseTemplates"]) ? response["ResponseTemplates"] : {},
      ...(status === undefined ? {} : { statusCode: textOf(status) }),
    };
  }
}

function parametersOf(given: unknown): Dict {
  if (!isDict(given)) return {};
  const result: Dict = {};
  for (const [name, prefix] of [
    ["Headers", "header."],
    ["Paths", "path."],
    ["QueryStrings", "querystring."],
  ] as const) {
    const values = given[name];
    if (!isDict(values)) continue;
    for (const [key, value] of Object.entries(values)) result[`gatewayresponse.${prefix}${key}`] = value;
  }
  return result;
}
