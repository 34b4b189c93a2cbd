/** Lambda: functions and everything that leads an event to one. Running code is the runner's work, not ours. */
import type { FunctionRunner } from "../../host/functions.ts";
import type { EffectContext, Service } from "../../host/service.ts";
import type { Operations } from "../../model/operations.ts";
import { acceptEvent, eventEnded, runEvent } from "./asynchronous.ts";
import { authorization } from "./authorization.ts";
import { storeCode } from "./code.ts";
import { acrossAccounts } from "./cross-account.ts";
import { functionNotFound } from "./errors.ts";
import { qualifierExists } from "./function.ts";
import { Invoker } from "./invoke.ts";
import { policies } from "./keys.ts";
import { functionArn, parseFunctionArn } from "./names.ts";
import { createAlias, deleteAlias, getAlias, listAliases, updateAlias } from "./operations/aliases.ts";
import * as concurrency from "./operations/concurrency.ts";
import * as mapping from "./operations/event-source-mappings.ts";
import * as signing from "./operations/code-signing.ts";
import * as functionUrl from "./operations/function-urls.ts";
import { invokeWithResponseStream } from "./operations/invoke-with-response-stream.ts";
import * as layer from "./operations/layers.ts";
import { listTags, tagResource, untagResource } from "./operations/tags.ts";
import { answerFront } from "./function-url.ts";
import { createFunction } from "./operations/create-function.ts";
import { deleteFunction } from "./operations/delete-function.ts";
import {
  checkpointDurableExecution,
  durableChained,
  getDurableExecutionState,
} from "./durable/checkpoint.ts";
import { durableDue, durableRan, durableTimeout, nothing, runDurable } from "./durable/execution.ts";
import * as durable from "./operations/durable-executions.ts";
import * as invokeConfig from "./operations/event-invoke-config.ts";
import {
  getFunction,
  getFunctionConfiguration,
  listFunctions,
  listVersionsByFunction,
} from "./operations/get-function.ts";
import { invoke, invokeAsync } from "./operations/invoke.ts";
import { addPermission, getPolicy, removePermission } from "./operations/permissions.ts";
import {
  publishVersion,
  updateFunctionCode,
  updateFunctionConfiguration,
} from "./operations/update-function.ts";
import { permits } from "./policy.ts";
import type { LambdaPort } from "./port.ts";
import { pollQueue, queueBatchEnded } from "./sources/queue.ts";
import { runStreamBatch, streamBatchEnded } from "./sources/stream-batch.ts";
import { pollStream } from "./sources/stream.ts";
import type { LambdaSdk } from "./sdk.ts";

const operations = {
  AddLayerVersionPermission: layer.addLayerVersionPermission,
  AddPermission: addPermission,
  CheckpointDurableExecution: checkpointDurableExecution,
  CreateAlias: createAlias,
  CreateCodeSigningConfig: signing.createCodeSigningConfig,
  CreateEventSourceMapping: mapping.createEventSourceMapping,
  CreateFunction: createFunction,
  CreateFunctionUrlConfig: functionUrl.createFunctionUrlConfig,
  DeleteAlias: deleteAlias,
  DeleteCodeSigningConfig: signing.deleteCodeSigningConfig,
  DeleteEventSourceMapping: mapping.deleteEventSourceMapping,
  DeleteFunction: deleteFunction,
  DeleteFunctionCodeSigningConfig: signing.deleteFunctionCodeSigningConfig,
  DeleteFunctionConcurrency: concurrency.deleteFunctionConcurrency,
  DeleteFunctionEventInvokeConfig: invokeConfig.deleteFunctionEventInvokeConfig,
  DeleteFunctionUrlConfig: functionUrl.deleteFunctionUrlConfig,
  DeleteLayerVersion: layer.deleteLayerVersion,
  DeleteProvisionedConcurrencyConfig: concurrency.deleteProvisionedConcurrencyConfig,
  GetAccountSettings: concurrency.getAccountSettings,
  GetAlias: getAlias,
  GetCodeSigningConfig: signing.getCodeSigningConfig,
  GetDurableExecution: durable.getDurableExecution,
  GetDurableExecutionHistory: durable.getDurableExecutionHistory,
  GetDurableExecutionState: getDurableExecutionState,
  GetEventSourceMapping: mapping.getEventSourceMapping,
  GetFunction: getFunction,
  GetFunctionCodeSigningConfig: signing.getFunctionCodeSigningConfig,
  GetFunctionConcurrency: concurrency.getFunctionConcurrency,
  GetFunctionConfiguration: getFunctionConfiguration,
  GetFunctionEventInvokeConfig: invokeConfig.getFunctionEventInvokeConfig,
  GetFunctionRecursionConfig: concurrency.getFunctionRecursionConfig,
  GetFunctionUrlConfig: functionUrl.getFunctionUrlConfig,
  GetLayerVersion: layer.getLayerVersion,
  GetLayerVersionByArn: layer.getLayerVersionByArn,
  GetLayerVersionPolicy: layer.getLayerVersionPolicy,
  GetPolicy: getPolicy,
  GetProvisionedConcurrencyConfig: concurrency.getProvisionedConcurrencyConfig,
  GetRuntimeManagementConfig: concurrency.getRuntimeManagementConfig,
  Invoke: invoke,
  InvokeAsync: invokeAsync,
  InvokeWithResponseStream: invokeWithResponseStream,
  ListAliases: listAliases,
  ListCodeSigningConfigs: signing.listCodeSigningConfigs,
  ListDurableExecutionsByFunction: durable.listDurableExecutionsByFunction,
  ListEventSourceMappings: mapping.listEventSourceMappings,
  ListFunctionEventInvokeConfigs: invokeConfig.listFunctionEventInvokeConfigs,
  ListFunctionUrlConfigs: functionUrl.listFunctionUrlConfigs,
  ListFunctions: listFunctions,
  ListFunctionsByCodeSigningConfig: signing.listFunctionsByCodeSigningConfig,
  ListLayerVersions: layer.listLayerVersions,
  ListLayers: layer.listLayers,
  ListProvisionedConcurrencyConfigs: concurrency.listProvisionedConcurrencyConfigs,
  ListTags: listTags,
  ListVersionsByFunction: listVersionsByFunction,
  PublishLayerVersion: layer.publishLayerVersion,
  PublishVersion: publishVersion,
  PutFunctionCodeSigningConfig: signing.putFunctionCodeSigningConfig,
  PutFunctionConcurrency: concurrency.putFunctionConcurrency,
  PutFunctionEventInvokeConfig: invokeConfig.putFunctionEventInvokeConfig,
  PutFunctionRecursionConfig: concurrency.putFunctionRecursionConfig,
  PutProvisionedConcurrencyConfig: concurrency.putProvisionedConcurrencyConfig,
  PutRuntimeManagementConfig: concurrency.putRuntimeManagementConfig,
  RemoveLayerVersionPermission: layer.removeLayerVersionPermission,
  RemovePermission: removePermission,
  SendDurableExecutionCallbackFailure: durable.sendDurableExecutionCallbackFailure,
  SendDurableExecutionCallbackHeartbeat: durable.sendDurableExecutionCallbackHeartbeat,
  SendDurableExecutionCallbackSuccess: durable.sendDurableExecutionCallbackSuccess,
  StopDurableExecution: durable.stopDurableExecution,
  TagResource: tagResource,
  UntagResource: untagResource,
  UpdateAlias: updateAlias,
  UpdateCodeSigningConfig: signing.updateCodeSigningConfig,
  UpdateEventSourceMapping: mapping.updateEventSourceMapping,
  UpdateFunctionCode: updateFunctionCode,
  UpdateFunctionConfiguration: updateFunctionConfiguration,
  UpdateFunctionEventInvokeConfig: invokeConfig.updateFunctionEventInvokeConfig,
  UpdateFunctionUrlConfig: functionUrl.updateFunctionUrlConfig,
} satisfies Operations<LambdaSdk>;

const port: LambdaPort = {
  invokeAsync(call, event) {
    const parsed = parseFunctionArn(event.functionArn);
    if (parsed === undefined) throw functionNotFound(event.functionArn);
    const owner = call.in(parsed);
    const reference = {
      name: parsed.name,
      qualifier: parsed.qualifier === "" ? undefined : parsed.qualifier,
    };
    if (!qualifierExists(owner, reference))
      throw functionNotFound(functionArn(owner, parsed.name, reference.qualifier));
    const requestId = call.random.uuid();
    acceptEvent(owner, {
      functionName: parsed.name,
      qualifier: parsed.qualifier,
      payload: event.payload,
      clientContext: event.clientContext ?? null,
      requestId,
    });
    return requestId;
  },
  exists(call, arn) {
    const parsed = parseFunctionArn(arn);
    if (parsed === undefined) return false;
    return qualifierExists(call.in(parsed), {
      name: parsed.name,
      qualifier: parsed.qualifier === "" ? undefined : parsed.qualifier,
    });
  },
  allows(call, request) {
    const parsed = parseFunctionArn(request.functionArn);
    if (parsed === undefined) return false;
    const row = policies.get(call.in(parsed).tx, [parsed.name, parsed.qualifier]);
    return row !== undefined && permits(row, request);
  },
};

/** The effect `lambda.put-object`: S3 takes its time. */
async function putObject(
  { shell, scope }: EffectContext,
  request: { readonly bucket: string; readonly key: string; readonly body: Uint8Array },
): Promise<void> {
  const input = {
    Bucket: request.bucket,
    Key: request.key,
    Body: request.body,
    ContentType: "application/json",
  };
  await shell.invoke("s3", "PutObject", input, { ...scope });
}

export function createLambda(runner: FunctionRunner): Service {
  const invoker = new Invoker(runner);
  return {
    name: "lambda",
    operations: acrossAccounts(operations),
    effects: {
      invoke: invoker.invoke,
      provision: invoker.provision,
      retire: invoker.retire,
      run: invoker.run,
      nothing,
      "run-durable": runDurable(invoker),
      "run-event": runEvent(invoker),
      stream: invoker.stream,
      "run-stream-batch": runStreamBatch(invoker),
      "store-code": storeCode,
      "put-object": putObject,
    },
    completions: {
      "durable-chained": durableChained,
      "durable-ran": durableRan,
      "event-ended": eventEnded,
      "queue-batch-ended": queueBatchEnded,
      "stream-batch-ended": streamBatchEnded,
    },
    duties: { "durable-due": durableDue, "durable-timeout": durableTimeout },
    residents: { "poll-queue": pollQueue, "poll-stream": pollStream },
    port,
    authorization,
    needs: ["logs", "sts", "sqs", "sns", "events", "dynamodb", "kinesis", "s3", "ec2"],
    front: answerFront,
    close: () => runner.close(),
  };
}
