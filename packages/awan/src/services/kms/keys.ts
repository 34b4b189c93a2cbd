/** Rows of KMS: keys with their material, aliases, grants. */
import type { GrantListEntry, KeySpec, KeyUsageType } from "@aws-sdk/client-kms";
import { table } from "../../store/table.ts";

export interface KeyRow {
  readonly arn: string;
  readonly description: string;
  readonly keySpec: KeySpec;
  readonly keyUsage: KeyUsageType;
  readonly enabled: boolean;
  readonly createdAtMs: number;
  readonly deletesAtMs: number | null;
  readonly policy: string;
  readonly rotation: boolean;
  readonly multiRegion: boolean;
  /** Made by AWS for a service: `alias/aws/s3`. */
  readonly isAwsManaged: boolean;
  readonly tags: Readonly<Record<string, string>>;
  /** A symmetric or HMAC key's bytes; of a key pair, the private key in PKCS #8. */
  readonly material: Uint8Array;
}

export const keys = table<[keyId: string], KeyRow>("kms", "key");
/** The value is the key's id. */
export const aliases = table<[aliasName: string], { readonly keyId: string; readonly createdAtMs: number }>(
  "kms",
  "alias",
);
export const aliasesByKey = table<[keyId: string, aliasName: string], null>("kms", "alias-of-key");
export const grants = table<[keyId: string, grantId: string], Omit<GrantListEntry, "CreationDate">>(
  "kms",
  "grant",
);
