/** AWS::ApiGatewayV2::Api: by its own properties, or from an OpenAPI document in `Body`. */
import type { Call } from "../../host/call.ts";
import type { ResourceProvider, ResourceState } from "../../host/resource.ts";
import { AwsError, notImplemented } from "../../kernel/errors.ts";
import { apiRecord, clearContent, makeApi } from "./api.ts";
import { contentChanged, findApi } from "./lookup.ts";
import { importDocument, parseDocument } from "./openapi.ts";
import * as apis from "./operations/apis.ts";
import { inputOf } from "./resource-record.ts";

const apiProperties = [
  "ApiKeySelectionExpression",
  "BasePath",
  "Body",
  "BodyS3Location",
  "CorsConfiguration",
  "CredentialsArn",
  "Description",
  "DisableExecuteApiEndpoint",
  "DisableSchemaValidation",
  "FailOnWarnings",
  "IpAddressType",
  "Name",
  "RouteKey",
  "RouteSelectionExpression",
  "Tags",
  "Target",
  "Version",
];

/** An API with a `Body` is an import; properties beside the body go before what the document says. */
export const api: ResourceProvider = {
  type: "AWS::ApiGatewayV2::Api",
  properties: {
    ...Object.fromEntries(apiProperties.map((name) => [name, "mutable" as const])),
    ProtocolType: "replace",
  },
  create: (call, { properties }) => {
    if (properties["BodyS3Location"] !== undefined)
      throw notImplemented("AWS::ApiGatewayV2::Api BodyS3Location");
    const {
      Body: _,
      BasePath: _base,
      FailOnWarnings: _fail,
      ...settings
    } = inputOf(properties) as Record<string, unknown>;
    if (properties["Body"] === undefined)
      return apiState(call, apis.createApi(call, settings as never).ApiId as string);
    const document = parseDocument(properties["Body"]);
    const row = makeApi(call, {
      ...settings,
      Name: (settings["Name"] as string | undefined) ?? document.title,
      ProtocolType: "HTTP",
    });
    importDocument(call, row, document);
    return apiState(call, row.ApiId as string);
  },
  update: (call, { physicalId, properties }) => {
    const {
      Body: _,
      BasePath: _base,
      FailOnWarnings: _fail,
      ProtocolType: _type,
      ...settings
    } = inputOf(properties) as Record<string, unknown>;
    apis.updateApi(call, { ...settings, ApiId: physicalId });
    if (properties["CorsConfiguration"] === undefined && properties["Body"] === undefined) {
      apis.deleteCorsConfiguration(call, { ApiId: physicalId });
    }
    if (properties["Body"] !== undefined) {
      clearContent(call, physicalId);
      importDocument(call, findApi(call, physicalId), parseDocument(properties["Body"]));
      contentChanged(call, physicalId);
    }
    return apiState(call, physicalId);
  },
  delete: (call, { physicalId }) => {
    try {
      apis.deleteApi(call, { ApiId: physicalId });
    } catch (error) {
      if (!(error instanceof AwsError) || error.code !== "NotFoundException") throw error;
    }
  },
};

function apiState(call: Call, apiId: string): ResourceState {
  const { ApiEndpoint } = apiRecord(call, findApi(call, apiId));
  return { physicalId: apiId, attributes: { ApiId: apiId, ApiEndpoint } };
}
