/**
 * What SAM makes of a `DeploymentPreference`: a CodeDeploy application and a group for each function. They exist by name;
 * an alias's traffic shifts at once, so hooks and alarms are not asked.
 */
import { textOf } from "../template/value.ts";
import type { NativeRequest, NativeResource } from "./native.ts";

/** A resource that is nothing but its name. */
function named(type: string, nameProperty: string, properties: NativeResource["properties"]): NativeResource {
  return {
    type,
    properties,
    create: ({ properties: given, stack, logicalId }: NativeRequest) => {
      const name = given[nameProperty];
      const physicalId = name === undefined ? `${stack.name}-${logicalId}` : textOf(name);
      return Promise.resolve({ physicalId, attributes: {} });
    },
    update: ({ physicalId }) => Promise.resolve({ physicalId, attributes: {} }),
    delete: () => Promise.resolve(),
  };
}

export const codeDeployResources: readonly NativeResource[] = [
  named("AWS::CodeDeploy::Application", "ApplicationName", {
    ApplicationName: "replace",
    ComputePlatform: "replace",
    Tags: "mutable",
  }),
  named("AWS::CodeDeploy::DeploymentConfig", "DeploymentConfigName", {
    ComputePlatform: "replace",
    DeploymentConfigName: "replace",
    MinimumHealthyHosts: "replace",
    TrafficRoutingConfig: "replace",
    ZonalConfig: "replace",
  }),
  named("AWS::CodeDeploy::DeploymentGroup", "DeploymentGroupName", {
    AlarmConfiguration: "mutable",
    ApplicationName: "replace",
    AutoRollbackConfiguration: "mutable",
    DeploymentConfigName: "mutable",
    DeploymentGroupName: "mutable",
    DeploymentStyle: "mutable",
    ServiceRoleArn: "mutable",
    Tags: "mutable",
    TriggerConfigurations: "mutable",
  }),
];
