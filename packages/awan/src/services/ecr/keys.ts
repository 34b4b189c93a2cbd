/** ECR's rows: repositories, with the documents that are put on them. */
import { table } from "../../store/table.ts";

export interface RepositoryRow {
  readonly name: string;
  readonly createdAtMs: number;
  readonly tagMutability: "MUTABLE" | "IMMUTABLE";
  readonly scanOnPush: boolean;
  readonly encryption: { readonly type: string; readonly kmsKey: string | null };
  readonly policyText: string | null;
  readonly lifecyclePolicyText: string | null;
  readonly tags: Readonly<Record<string, string>>;
}

export const repositories = table<[name: string], RepositoryRow>("ecr", "repository");
