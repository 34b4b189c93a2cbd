/** What other services may ask of Parameter Store: values, for templates, states and functions. */
import type { Call } from "../../host/call.ts";

export interface SsmParameterValue {
  readonly value: string;
  readonly version: number;
  readonly type: "String" | "StringList" | "SecureString";
}

export interface SsmPort {
  /** The value of `name`, `name:version` or `name:label`, public parameters included; undefined when there is none. */
  parameter(call: Call, name: string): SsmParameterValue | undefined;
}

declare module "../../host/ports.ts" {
  interface Ports {
    readonly ssm: SsmPort;
  }
}
