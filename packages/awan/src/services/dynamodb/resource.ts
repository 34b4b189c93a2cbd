/** AWS::DynamoDB::Table and AWS::DynamoDB::GlobalTable, through the operations a user would call. */
import type { ResourceProvider } from "../../host/resource.ts";
import { globalTable } from "./resource-global-table.ts";
import { table } from "./resource-table.ts";

export const providers: readonly ResourceProvider[] = [table, globalTable];
