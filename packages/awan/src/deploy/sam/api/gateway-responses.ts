/** `GatewayResponses` of a REST API: what it answers when it does not get as far as an integration. */
import { type Dict, isDict } from "../../template/value.ts";
import { InvalidResource } from "../errors.ts";
import { expectMap } from "../expect.ts";
import { isFunction } from "../intrinsics.ts";
import { byteString } from "../python/byte-string.ts";
import { dictionary, entriesOf, keysOf, put } from "../python/dictionary.ts";
import { given, shown, typeName } from "../python/text.ts";
import { isSwagger, SwaggerDocument } from "./swagger-document.ts";

const text = byteString;
const responseProperties = ["ResponseParameters", "ResponseTemplates", "StatusCode"];
const parameterKinds = [
  ["Headers", "header."],
  ["Paths", "path."],
  ["QueryStrings", "querystring."],
] as const;

/** The document with the responses in it. */
export function withGatewayResponses(apiId: string, document: unknown, responses: Dict): Dict {
  if (!given(document)) {
    throw new InvalidResource(
      apiId,
      "GatewayResponses works only with inline Swagger specified in 'DefinitionBody' property.",
    );
  }
  for (const [name, response] of entriesOf(responses)) checkResponse(apiId, name, response);
  if (!isSwagger(document)) {
    throw new InvalidResource(
      apiId,
      "Unable to add Auth configuration because 'DefinitionBody' does not contain a valid Swagger definition.",
    );
  }
  const editor = new SwaggerDocument(document);
  const made = entriesOf(responses).map(([name, response]) => {
    const {
      ResponseParameters: parameters,
      ResponseTemplates: templates,
      StatusCode: status,
    } = response as Dict;
    if (given(parameters)) {
      expectMap(parameters, { id: apiId, path: `GatewayResponses.${name}.ResponseParameters` });
      const unknown = keysOf(parameters).find((key) => !parameterKinds.some(([kind]) => kind === key));
      if (unknown !== undefined)
        throw new InvalidResource(apiId, `Invalid gateway response parameter '${unknown}'`);
    }
    if (given(status) && !/^[0-9]{1,3}\n?$/.test(shown(status))) {
      throw new InvalidResource(apiId, "Property 'StatusCode' must be numeric");
    }
    return [name, { parameters: given(parameters) ? (parameters as Dict) : {}, templates, status }] as const;
  });
  for (const [name, { parameters, templates, status }] of made) {
    const swagger = dictionary();
    put(swagger, text("responseParameters"), prefixed(apiId, parameters));
    put(swagger, text("responseTemplates"), given(templates) ? templates : dictionary());
    if (given(status)) put(swagger, text("statusCode"), text(shown(status)));
    put(editor.gatewayResponses, name, swagger);
  }
  return editor.result();
}

function checkResponse(apiId: string, name: string, response: unknown): void {
  if (isFunction(response)) {
    throw new InvalidResource(
      apiId,
      "Unable to set GatewayResponses attribute because intrinsic functions are not supported for this field.",
    );
  }
  if (!isDict(response)) {
    throw new InvalidResource(
      apiId,
      `Invalid property type '${pythonType(response)}' for GatewayResponses. Expected an object of type 'GatewayResponse'.`,
    );
  }
  const unknown = keysOf(response).find((key) => !responseProperties.includes(key));
  if (unknown !== undefined) {
    throw new InvalidResource(
      apiId,
      `Invalid property '${unknown}' in 'GatewayResponses' property '${name}'.`,
    );
  }
}

/** A string of the template has a type of its own in the translator. */
const pythonType = (value: unknown): string => (typeof value === "string" ? "Py27UniStr" : typeName(value));

function prefixed(apiId: string, parameters: Dict): Dict {
  const made = dictionary();
  for (const [kind, prefix] of parameterKinds) {
    const values = kind in parameters ? parameters[kind] : {};
    expectMap(values, { id: apiId, path: `ResponseParameters.${kind}` });
    for (const [name, value] of entriesOf(values)) put(made, `gatewayresponse.${prefix}${name}`, value);
  }
  return made;
}
