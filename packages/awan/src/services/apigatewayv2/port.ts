/** What the front door asks of API Gateway v2: whose an API or a custom domain is. */
import type { Call, Scope } from "../../host/call.ts";

export interface ApiGatewayV2Port {
  /** The account and region of the API, or undefined when no HTTP or WebSocket API has that id. */
  ownerOfApi(call: Call, apiId: string): Scope | undefined;
  /** The account and region of a custom domain name. */
  ownerOfDomain(call: Call, domainName: string): Scope | undefined;
}

declare module "../../host/ports.ts" {
  interface Ports {
    readonly apigatewayv2: ApiGatewayV2Port;
  }
}
