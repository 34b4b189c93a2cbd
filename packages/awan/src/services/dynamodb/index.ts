/** DynamoDB: its operations by name, and what it does later. */
import type { Service } from "../../host/service.ts";
import type { Operations } from "../../model/operations.ts";
import { authorization } from "./authorization.ts";
import { duties } from "./duties.ts";
import { batchGetItem } from "./operations/batch-get-item.ts";
import { batchWriteItem } from "./operations/batch-write-item.ts";
import { createTable } from "./operations/create-table.ts";
import { deleteItem } from "./operations/delete-item.ts";
import { deleteTable } from "./operations/delete-table.ts";
import { describeTable, listTables } from "./operations/describe-table.ts";
import {
  batchExecuteStatement,
  executeStatement,
  executeTransaction,
} from "./operations/execute-statement.ts";
import { describeExport, exportTableToPointInTime, listExports } from "./operations/exports.ts";
import { getItem } from "./operations/get-item.ts";
import { describeImport, importTable, listImports } from "./operations/imports.ts";
import { putItem } from "./operations/put-item.ts";
import { query } from "./operations/query.ts";
import { scan } from "./operations/scan.ts";
import { listTagsOfResource, tagResource, untagResource } from "./operations/tags.ts";
import { describeTimeToLive, updateTimeToLive } from "./operations/time-to-live.ts";
import { transactGetItems } from "./operations/transact-get-items.ts";
import { transactWriteItems } from "./operations/transact-write-items.ts";
import { updateItem } from "./operations/update-item.ts";
import { updateTable } from "./operations/update-table.ts";
import { describeEndpoints, describeLimits } from "./operations/account.ts";
import {
  createBackup,
  deleteBackup,
  describeBackup,
  listBackups,
  restoreTableFromBackup,
} from "./operations/backups.ts";
import {
  describeContinuousBackups,
  restoreTableToPointInTime,
  updateContinuousBackups,
} from "./operations/continuous-backups.ts";
import {
  describeContributorInsights,
  listContributorInsights,
  updateContributorInsights,
} from "./operations/contributor-insights.ts";
import {
  describeKinesisStreamingDestination,
  disableKinesisStreamingDestination,
  enableKinesisStreamingDestination,
  updateKinesisStreamingDestination,
} from "./operations/kinesis-destinations.ts";
import { deleteResourcePolicy, getResourcePolicy, putResourcePolicy } from "./operations/resource-policy.ts";
import { port } from "./stream-port.ts";
import {
  exportEnded,
  exportTable as exportEffect,
  importEnded,
  importTable as importEffect,
} from "./transfer-effects.ts";

export const operations = {
  BatchExecuteStatement: batchExecuteStatement,
  BatchGetItem: batchGetItem,
  BatchWriteItem: batchWriteItem,
  CreateBackup: createBackup,
  CreateTable: createTable,
  DeleteBackup: deleteBackup,
  DeleteItem: deleteItem,
  DeleteResourcePolicy: deleteResourcePolicy,
  DeleteTable: deleteTable,
  DescribeBackup: describeBackup,
  DescribeContinuousBackups: describeContinuousBackups,
  DescribeContributorInsights: describeContributorInsights,
  DescribeEndpoints: describeEndpoints,
  DescribeExport: describeExport,
  DescribeImport: describeImport,
  DescribeKinesisStreamingDestination: describeKinesisStreamingDestination,
  DescribeLimits: describeLimits,
  DescribeTable: describeTable,
  DescribeTimeToLive: describeTimeToLive,
  DisableKinesisStreamingDestination: disableKinesisStreamingDestination,
  EnableKinesisStreamingDestination: enableKinesisStreamingDestination,
  ExecuteStatement: executeStatement,
  ExecuteTransaction: executeTransaction,
  ExportTableToPointInTime: exportTableToPointInTime,
  GetItem: getItem,
  GetResourcePolicy: getResourcePolicy,
  ImportTable: importTable,
  ListBackups: listBackups,
  ListContributorInsights: listContributorInsights,
  ListExports: listExports,
  ListImports: listImports,
  ListTables: listTables,
  ListTagsOfResource: listTagsOfResource,
  PutItem: putItem,
  PutResourcePolicy: putResourcePolicy,
  Query: query,
  RestoreTableFromBackup: restoreTableFromBackup,
  RestoreTableToPointInTime: restoreTableToPointInTime,
  Scan: scan,
  TagResource: tagResource,
  TransactGetItems: transactGetItems,
  TransactWriteItems: transactWriteItems,
  UntagResource: untagResource,
  UpdateContinuousBackups: updateContinuousBackups,
  UpdateContributorInsights: updateContributorInsights,
  UpdateItem: updateItem,
  UpdateKinesisStreamingDestination: updateKinesisStreamingDestination,
  UpdateTable: updateTable,
  UpdateTimeToLive: updateTimeToLive,
} satisfies Operations<typeof import("@aws-sdk/client-dynamodb")>;

export const service: Service = {
  name: "dynamodb",
  operations,
  duties,
  effects: { export: exportEffect, import: importEffect },
  completions: { exportEnded, importEnded },
  port,
  authorization,
  needs: ["kms", "kinesis"],
};
