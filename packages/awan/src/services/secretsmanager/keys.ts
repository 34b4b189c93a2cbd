/** Rows of Secrets Manager: a secret by its name, its versions, and one row per staging label. */
import type { RotationRulesType } from "@aws-sdk/client-secrets-manager";
import { table } from "../../store/table.ts";

export interface SecretRow {
  readonly arn: string;
  readonly description: string | null;
  readonly kmsKeyId: string | null;
  readonly createdAtMs: number;
  readonly changedAtMs: number;
  readonly accessedAtMs: number | null;
  /** When its deletion was asked for. */
  readonly deletedAtMs: number | null;
  readonly deletesAtMs: number | null;
  /** Null until the first tag: then AWS answers an empty list for none. */
  readonly tags: Readonly<Record<string, string>> | null;
  readonly resourcePolicy: string | null;
  readonly rotation: RotationRow | null;
}

export interface RotationRow {
  readonly functionArn: string;
  readonly rules: RotationRulesType;
  readonly enabled: boolean;
  readonly rotatedAtMs: number | null;
  readonly nextAtMs: number | null;
}

export interface VersionRow {
  readonly text: string | null;
  readonly bytes: Uint8Array | null;
  readonly createdAtMs: number;
  /** The day of its last reading. */
  readonly accessedAtMs: number | null;
}

export const secrets = table<[name: string], SecretRow>("secretsmanager", "secret");
export const versions = table<[name: string, versionId: string], VersionRow>("secretsmanager", "version");
/** Staging labels: each is on one version. */
export const stages = table<[name: string, stage: string], string>("secretsmanager", "stage");
