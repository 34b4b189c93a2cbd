/** Amazon SNS: topics, subscriptions, deliveries. A publish is `publish.ts`; what each protocol does is `deliver.ts`. */
import type { HttpResponse } from "../../host/http.ts";
import type { Service } from "../../host/service.ts";
import type { Operations } from "../../model/operations.ts";
import { forget } from "./archive.ts";
import { authorization } from "./authorization.ts";
import { delivered, httpPost } from "./http-post.ts";
import { addPermission, removePermission } from "./operations/permissions.ts";
import {
  createPlatformApplication,
  createPlatformEndpoint,
  deleteEndpoint,
  deletePlatformApplication,
  getEndpointAttributes,
  getPlatformApplicationAttributes,
  listEndpointsByPlatformApplication,
  listPlatformApplications,
  setEndpointAttributes,
  setPlatformApplicationAttributes,
} from "./operations/platform-applications.ts";
import { publish, publishBatch } from "./operations/publish.ts";
import {
  confirmSubscription,
  getSubscriptionAttributes,
  listSubscriptions,
  listSubscriptionsByTopic,
  setSubscriptionAttributes,
  subscribe,
  unsubscribe,
} from "./operations/subscriptions.ts";
import {
  checkIfPhoneNumberIsOptedOut,
  getSmsAttributes,
  getSmsSandboxAccountStatus,
  listPhoneNumbersOptedOut,
  optInPhoneNumber,
  setSmsAttributes,
} from "./operations/text-messages.ts";
import { listTagsForResource, tagResource, untagResource } from "./operations/topic-tags.ts";
import {
  createTopic,
  deleteTopic,
  getTopicAttributes,
  listTopics,
  setTopicAttributes,
} from "./operations/topics.ts";
import { repeat } from "./post-rate.ts";
import { replay } from "./replay.ts";
import type { Sns } from "./sdk.ts";
import { certificate, certificatePath } from "./signing.ts";
import { sweep } from "./sweep.ts";
import { port } from "./topic-port.ts";

const operations = {
  AddPermission: addPermission,
  CheckIfPhoneNumberIsOptedOut: checkIfPhoneNumberIsOptedOut,
  ConfirmSubscription: confirmSubscription,
  CreatePlatformApplication: createPlatformApplication,
  CreatePlatformEndpoint: createPlatformEndpoint,
  CreateTopic: createTopic,
  DeleteEndpoint: deleteEndpoint,
  DeletePlatformApplication: deletePlatformApplication,
  DeleteTopic: deleteTopic,
  GetEndpointAttributes: getEndpointAttributes,
  GetPlatformApplicationAttributes: getPlatformApplicationAttributes,
  GetSMSAttributes: getSmsAttributes,
  GetSMSSandboxAccountStatus: getSmsSandboxAccountStatus,
  GetSubscriptionAttributes: getSubscriptionAttributes,
  GetTopicAttributes: getTopicAttributes,
  ListEndpointsByPlatformApplication: listEndpointsByPlatformApplication,
  ListPhoneNumbersOptedOut: listPhoneNumbersOptedOut,
  ListPlatformApplications: listPlatformApplications,
  ListSubscriptions: listSubscriptions,
  ListSubscriptionsByTopic: listSubscriptionsByTopic,
  ListTagsForResource: listTagsForResource,
  ListTopics: listTopics,
  OptInPhoneNumber: optInPhoneNumber,
  Publish: publish,
  PublishBatch: publishBatch,
  RemovePermission: removePermission,
  SetEndpointAttributes: setEndpointAttributes,
  SetPlatformApplicationAttributes: setPlatformApplicationAttributes,
  SetSMSAttributes: setSmsAttributes,
  SetSubscriptionAttributes: setSubscriptionAttributes,
  SetTopicAttributes: setTopicAttributes,
  Subscribe: subscribe,
  TagResource: tagResource,
  Unsubscribe: unsubscribe,
  UntagResource: untagResource,
} satisfies Operations<Sns>;

export const service: Service = {
  name: "sns",
  operations,
  authorization,
  duties: { sweep, replay, repeat, forget },
  completions: { delivered },
  effects: { "http-post": httpPost },
  port,
  needs: ["sqs", "lambda", "logs", "firehose"],
  // The certificate that signatures verify with.
  front: (_shell, request): Promise<HttpResponse> =>
    Promise.resolve(
      request.target === certificatePath
        ? { status: 200, headers: { "content-type": "application/x-pem-file" }, body: certificate }
        : { status: 404, headers: {}, body: "" },
    ),
};
