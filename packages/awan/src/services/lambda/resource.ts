/** CloudFormation's Lambda types, through the operations a user would call. */
import type { ResourceProvider } from "../../host/resource.ts";
import { eventSourceMapping } from "./resources/event-source-mapping.ts";
import { lambdaFunction } from "./resources/function.ts";
import { layerVersion, layerVersionPermission } from "./resources/layer-version.ts";
import { eventInvokeConfig, permission } from "./resources/permission.ts";
import { codeSigningConfig, url } from "./resources/url.ts";
import { alias, version } from "./resources/version.ts";

export const providers: readonly ResourceProvider[] = [
  lambdaFunction,
  version,
  alias,
  permission,
  eventInvokeConfig,
  eventSourceMapping,
  layerVersion,
  layerVersionPermission,
  url,
  codeSigningConfig,
];
