/** Rows of Parameter Store: one per parameter, one per version of it, one per label. */
import { table } from "../../store/table.ts";

export type ParameterType = "String" | "StringList" | "SecureString";

export interface ParameterRow {
  readonly latestVersion: number;
  readonly tags: Readonly<Record<string, string>>;
}

export interface VersionRow {
  readonly type: ParameterType;
  readonly value: string;
  readonly keyId: string | null;
  readonly description: string | null;
  readonly allowedPattern: string | null;
  readonly dataType: string;
  readonly tier: "Standard" | "Advanced";
  /** The policies' JSON texts. */
  readonly policies: readonly string[];
  readonly modifiedAtMs: number;
  readonly modifiedBy: string;
}

export const parameters = table<[name: string], ParameterRow>("ssm", "parameter");
export const versions = table<[name: string, version: number], VersionRow>("ssm", "version");
export const labels = table<[name: string, label: string], number>("ssm", "label");
export const labelsByVersion = table<[name: string, version: number, label: string], null>(
  "ssm",
  "label-of-version",
);
