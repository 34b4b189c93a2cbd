/** ACM's rows: certificates as they are told; nothing is signed. */
import { table } from "../../store/table.ts";

export interface CertificateRow {
  readonly arn: string;
  readonly domainName: string;
  readonly alternativeNames: readonly string[];
  readonly validationMethod: "DNS" | "EMAIL";
  readonly createdAtMs: number;
  readonly serial: string;
  readonly keyAlgorithm: string;
  readonly transparencyLogging: "ENABLED" | "DISABLED";
  readonly idempotencyToken: string | null;
  readonly tags: Readonly<Record<string, string>>;
}

export const certificates = table<[arn: string], CertificateRow>("acm", "certificate");
