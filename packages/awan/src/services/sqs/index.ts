/** Amazon SQS: standard and FIFO queues. The core is `stock.ts` (rows and places) and `receive.ts` (who gets what). */
import type { Service } from "../../host/service.ts";
import type { Operations } from "../../model/operations.ts";
import { authorization } from "./authorization.ts";
import { expire, sweep } from "./duties.ts";
import { runMoveTask } from "./move-task.ts";
import {
  changeMessageVisibility,
  changeMessageVisibilityBatch,
} from "./operations/change-message-visibility.ts";
import { createQueue } from "./operations/create-queue.ts";
import { deleteMessage, deleteMessageBatch } from "./operations/delete-message.ts";
import { deleteQueue, purgeQueue } from "./operations/delete-queue.ts";
import { getQueueUrl, listDeadLetterSourceQueues, listQueues } from "./operations/list-queues.ts";
import {
  cancelMessageMoveTask,
  listMessageMoveTasks,
  startMessageMoveTask,
} from "./operations/message-move-tasks.ts";
import { addPermission, removePermission } from "./operations/permissions.ts";
import { getQueueAttributes, setQueueAttributes } from "./operations/queue-attributes.ts";
import { listQueueTags, tagQueue, untagQueue } from "./operations/queue-tags.ts";
import { receiveMessage } from "./operations/receive-message.ts";
import { sendMessage } from "./operations/send-message.ts";
import { sendMessageBatch } from "./operations/send-message-batch.ts";
import { port } from "./queue-port.ts";
import type { Sqs } from "./sdk.ts";

const operations = {
  AddPermission: addPermission,
  CancelMessageMoveTask: cancelMessageMoveTask,
  ChangeMessageVisibility: changeMessageVisibility,
  ChangeMessageVisibilityBatch: changeMessageVisibilityBatch,
  CreateQueue: createQueue,
  DeleteMessage: deleteMessage,
  DeleteMessageBatch: deleteMessageBatch,
  DeleteQueue: deleteQueue,
  GetQueueAttributes: getQueueAttributes,
  GetQueueUrl: getQueueUrl,
  ListDeadLetterSourceQueues: listDeadLetterSourceQueues,
  ListMessageMoveTasks: listMessageMoveTasks,
  ListQueueTags: listQueueTags,
  ListQueues: listQueues,
  PurgeQueue: purgeQueue,
  ReceiveMessage: receiveMessage,
  RemovePermission: removePermission,
  SendMessage: sendMessage,
  SendMessageBatch: sendMessageBatch,
  SetQueueAttributes: setQueueAttributes,
  StartMessageMoveTask: startMessageMoveTask,
  TagQueue: tagQueue,
  UntagQueue: untagQueue,
} satisfies Operations<Sqs>;

export const service: Service = {
  name: "sqs",
  operations,
  authorization,
  duties: { expire, sweep, move: runMoveTask },
  // A receive that changed something and goes on waiting commits first: there is nothing to reach outside.
  effects: { commit: async () => null },
  port,
};
