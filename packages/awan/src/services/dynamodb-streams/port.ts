/** The streams' port is DynamoDB's own: `ports.dynamodb`. This one exists so that users may name either. */
import type { DynamodbPort } from "../dynamodb/port.ts";

declare module "../../host/ports.ts" {
  interface Ports {
    readonly "dynamodb-streams": DynamodbPort;
  }
}
