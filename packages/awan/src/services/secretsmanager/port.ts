/** What other services may ask of Secrets Manager: values, for templates, parameters and connections. */
import type { Call } from "../../host/call.ts";

export interface SecretValue {
  readonly arn: string;
  readonly name: string;
  readonly versionId: string;
  readonly stages: readonly string[];
  readonly createdAtMs: number;
  /** Text, or null when the secret is binary. */
  readonly text: string | null;
}

export interface SecretsManagerPort {
  /** The value of a secret by name or ARN, its current version unless told otherwise; undefined when there is none. */
  secret(
    call: Call,
    request: { readonly secretId: string; readonly versionId?: string; readonly stage?: string },
  ): SecretValue | undefined;
}

declare module "../../host/ports.ts" {
  interface Ports {
    readonly secretsmanager: SecretsManagerPort;
  }
}
