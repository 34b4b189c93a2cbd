/** Exports to and imports from S3: rows that say how far each is; the shell moves the data (`transfer-effects.ts`). */
import { table } from "../../store/table.ts";

interface Transfer {
  readonly arn: string;
  readonly tableArn: string;
  readonly tableId: string;
  readonly status: "IN_PROGRESS" | "COMPLETED" | "FAILED";
  readonly startedAtMs: number;
  readonly endedAtMs?: number;
  readonly clientToken?: string;
  readonly failure?: { readonly code: string; readonly message: string };
}

export interface ExportRow extends Transfer {
  readonly tableName: string;
  readonly storage: number;
  readonly atMs: number;
  readonly bucket: string;
  readonly prefix: string;
  readonly manifest?: string;
  readonly items?: number;
  readonly sizeBytes?: number;
}

export const exports = table<[arn: string], ExportRow>("dynamodb", "export");

export interface ImportRow extends Transfer {
  readonly tableName: string;
  readonly bucket: string;
  readonly prefix: string;
  readonly format: "DYNAMODB_JSON" | "CSV";
  readonly compressed: boolean;
  readonly csv: { readonly delimiter: string; readonly headers: readonly string[] | null };
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly processed?: number;
  readonly imported?: number;
  readonly errors?: number;
  readonly sizeBytes?: number;
}

export const imports = table<[arn: string], ImportRow>("dynamodb", "import");
