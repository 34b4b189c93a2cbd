/** The types of SAM resources: in which order they are transformed, by what, and which names their parts go by. */
import { transformHttpApi } from "./api/http-api.ts";
import { transformRestApi } from "./api/rest-api.ts";
import { transformWebSocketApi } from "./api/websocket-api.ts";
import { transformCapacityProvider } from "./capacity-provider.ts";
import { transformConnector } from "./connector/connector.ts";
import { linkEvents, linkFunctionEvents } from "./events/function-events.ts";
import { transformFunction } from "./function/function.ts";
import { transformGraphQlApi } from "./graphql/graphql-api.ts";
import { transformLayerVersion } from "./layer-version.ts";
import type { Resource } from "./resource.ts";
import type { Sam, SamResource } from "./sam.ts";
import type { Shape } from "./shape.ts";
import { shapes } from "./shapes.ts";
import { transformApplication, transformSimpleTable } from "./simple-resources.ts";
import { stateMachineEvents } from "./state-machine/events.ts";
import { transformStateMachine } from "./state-machine/state-machine.ts";

export interface SamKind {
  /** Functions first: their events write into the APIs; connectors last: they see what all others became. */
  readonly rank: number;
  readonly shape: Shape;
  readonly transform: (sam: Sam, resource: SamResource) => Resource[];
  /** `!Ref Resource.Name` and the like: by name, the type of what is meant. */
  readonly parts: Readonly<Record<string, string>>;
}

const v2Parts = { Stage: "AWS::ApiGatewayV2::Stage", DomainName: "AWS::ApiGatewayV2::DomainName" };

export const samKinds: Readonly<Record<string, SamKind>> = {
  "AWS::Serverless::Function": {
    rank: 0,
    shape: shapes.function,
    transform: (sam, resource) => transformFunction(sam, resource, linkFunctionEvents(sam, resource)),
    parts: {
      Alias: "AWS::Lambda::Alias",
      Version: "AWS::Lambda::Version",
      DestinationTopic: "AWS::SNS::Topic",
      DestinationQueue: "AWS::SQS::Queue",
    },
  },
  "AWS::Serverless::StateMachine": {
    rank: 1,
    shape: shapes.stateMachine,
    transform: (sam, resource) =>
      transformStateMachine(sam, resource, linkEvents(stateMachineEvents, sam, resource)),
    parts: {},
  },
  "AWS::Serverless::Api": {
    rank: 2,
    shape: shapes.api,
    transform: transformRestApi,
    parts: {
      Stage: "AWS::ApiGateway::Stage",
      Deployment: "AWS::ApiGateway::Deployment",
      DomainName: "AWS::ApiGateway::DomainName",
      DomainNameV2: "AWS::ApiGateway::DomainNameV2",
      UsagePlan: "AWS::ApiGateway::UsagePlan",
      UsagePlanKey: "AWS::ApiGateway::UsagePlanKey",
      ApiKey: "AWS::ApiGateway::ApiKey",
    },
  },
  "AWS::Serverless::HttpApi": { rank: 2, shape: shapes.httpApi, transform: transformHttpApi, parts: v2Parts },
  "AWS::Serverless::WebSocketApi": {
    rank: 2,
    shape: shapes.webSocketApi,
    transform: transformWebSocketApi,
    parts: v2Parts,
  },
  "AWS::Serverless::SimpleTable": {
    rank: 3,
    shape: shapes.simpleTable,
    transform: transformSimpleTable,
    parts: {},
  },
  "AWS::Serverless::Application": {
    rank: 3,
    shape: shapes.application,
    transform: transformApplication,
    parts: {},
  },
  "AWS::Serverless::LayerVersion": {
    rank: 3,
    shape: shapes.layerVersion,
    transform: transformLayerVersion,
    parts: {},
  },
  "AWS::Serverless::CapacityProvider": {
    rank: 3,
    shape: shapes.capacityProvider,
    transform: transformCapacityProvider,
    parts: {},
  },
  "AWS::Serverless::GraphQLApi": {
    rank: 3,
    shape: shapes.graphQlApi,
    transform: transformGraphQlApi,
    parts: {},
  },
  "AWS::Serverless::Connector": {
    rank: 4,
    shape: shapes.connector,
    transform: transformConnector,
    parts: {},
  },
};

/** Types of what may take the place of a resource with the same logical id, and of which types that may be. */
export const successors: Readonly<Record<string, readonly string[]>> = {
  "AWS::Lambda::Function": ["AWS::Serverless::Function"],
  "AWS::Lambda::LayerVersion": ["AWS::Serverless::LayerVersion"],
  "AWS::Lambda::CapacityProvider": ["AWS::Serverless::CapacityProvider"],
  "AWS::ApiGateway::RestApi": ["AWS::Serverless::Api"],
  "AWS::ApiGatewayV2::Api": ["AWS::Serverless::HttpApi", "AWS::Serverless::WebSocketApi"],
  "AWS::S3::Bucket": ["AWS::S3::Bucket"],
  "AWS::SNS::Topic": ["AWS::SNS::Topic"],
  "AWS::DynamoDB::Table": ["AWS::Serverless::SimpleTable"],
  "AWS::CloudFormation::Stack": ["AWS::Serverless::Application"],
  "AWS::Cognito::UserPool": ["AWS::Cognito::UserPool"],
  "AWS::ApiGateway::DomainName": ["AWS::ApiGateway::DomainName"],
  "AWS::ApiGateway::BasePathMapping": ["AWS::ApiGateway::BasePathMapping"],
  "AWS::ApiGateway::DomainNameV2": ["AWS::ApiGateway::DomainNameV2"],
  "AWS::ApiGateway::BasePathMappingV2": ["AWS::ApiGateway::BasePathMappingV2"],
  "AWS::StepFunctions::StateMachine": ["AWS::Serverless::StateMachine"],
  "AWS::AppSync::GraphQLApi": ["AWS::Serverless::GraphQLApi"],
};
