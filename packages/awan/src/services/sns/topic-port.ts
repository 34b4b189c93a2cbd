/** The implementation of `port.ts`. */
import { checkPublisher } from "./authorization.ts";
import { topicDoesNotExist } from "./errors.ts";
import { lettersOf } from "./mailbox.ts";
import type { SnsPort } from "./port.ts";
import { checkPublication, publish } from "./publish.ts";
import { findTopic } from "./topic.ts";
import { shownTopicAttributes } from "./topic-attributes.ts";

export const port: SnsPort = {
  publish(caller, request) {
    const found = findTopic(caller, request.topicArn);
    if (found === undefined) throw topicDoesNotExist();
    const { call, topic } = found;
    if (request.onBehalf !== undefined) checkPublisher(found, request.onBehalf);
    return publish(call, topic, checkPublication(call, topic, request));
  },
  letters: lettersOf,
  describe(caller, arn) {
    const found = findTopic(caller, arn);
    if (found === undefined) return undefined;
    const { call, topic } = found;
    return { fifo: topic.fifo, policy: shownTopicAttributes(call, topic)["Policy"] ?? "" };
  },
};
