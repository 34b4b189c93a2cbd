/**
 * Workloads over a whole Awan, after FoundationDB: each sets up, takes random steps and checks what must be true however
 * the steps fell and whatever went wrong. A step is acknowledged or not; what was acknowledged before a crash must be
 * there after it.
 */
import type { Random } from "../../packages/awan/src/kernel/random.ts";
import type { App } from "awan/testing";

export interface World {
  readonly app: App;
  readonly random: Random;
  /** Whether the process has died: what is acknowledged from then on, nobody hears of. */
  hasCrashed(): boolean;
}

export interface Workload {
  readonly name: string;
  /** Once, in the application every run is a fork of. */
  setup(app: App): Promise<void>;
  step(world: World): Promise<void>;
  /** After everything has come to rest. */
  check(app: App): Promise<void>;
  /** How much was acknowledged: what the check is about. */
  acknowledged(): number;
}

/** As a client's request, so that faults apply. Undefined when it was refused. */
export async function request(
  { app, random }: Pick<World, "app" | "random">,
  service: string,
  operation: string,
  input: object,
): Promise<Record<string, unknown> | undefined> {
  try {
    return await app.platform.invoke(service, operation, input, { requestId: random.uuid() });
  } catch (error) {
    if (error instanceof Error && "code" in error) return undefined;
    throw error;
  }
}

export function must(condition: boolean, message: string): void {
  if (!condition) throw new Error(message);
}

/** The whole order application: what was queued is recorded, announced and shipped, and the queue is empty. */
export function orders(): Workload {
  const queued = new Set<string>();
  return {
    name: "orders",
    acknowledged: () => queued.size,
    setup: async () => {},
    async step(world) {
      const orderId = world.random.hex(8);
      const sent = await request(world, "sqs", "SendMessage", {
        QueueUrl: world.app.resources["OrdersQueue"],
        MessageBody: JSON.stringify({ orderId, item: "kopi", quantity: 1 + world.random.integer(5) }),
      });
      if (sent !== undefined && !world.hasCrashed()) queued.add(orderId);
    },
    async check(app) {
      const recorded = new Set((await app.table("OrdersTable").items()).map((item) => item["orderId"]));
      const shipped = new Set(
        (await app.queue("ShippingQueue").messages()).map(
          ({ json }) => (json as { orderId: string }).orderId,
        ),
      );
      for (const orderId of queued) {
        must(recorded.has(orderId), `order ${orderId} was queued and never recorded`);
        must(shipped.has(orderId), `order ${orderId} was recorded and never shipped`);
      }
      for (const queue of ["OrdersQueue", "OrdersDeadLetterQueue", "AnnounceFailures"]) {
        const left = await app.queue(queue).messages();
        must(left.length === 0, `${left.length} message(s) left in ${queue}`);
      }
    },
  };
}

const accounts = 5;
const opening = 100;

const bankTable = "accounts";

const transfer = (id: number, by: number, condition: object) => ({
  Update: {
    TableName: bankTable,
    Key: { id: { S: String(id) } },
    UpdateExpression: "ADD balance :by",
    ExpressionAttributeValues: {
      ":by": { N: String(by) },
      ...(by < 0 ? { ":least": { N: String(-by) } } : {}),
    },
    ...condition,
  },
});

/** Money moves between accounts in transactions: none is made and none is lost. */
export function bank(): Workload {
  const TableName = bankTable;
  let transfers = 0;
  return {
    name: "bank",
    acknowledged: () => transfers,
    async setup(app) {
      await app.platform.invoke("dynamodb", "CreateTable", {
        TableName,
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      });
      await app.settle();
      for (let i = 0; i < accounts; i += 1)
        await app.table(TableName).put({ id: String(i), balance: opening });
    },
    async step(world) {
      const [from, to] = [world.random.integer(accounts), world.random.integer(accounts)];
      if (from === to) return;
      const amount = world.random.integer(60);
      const moved = await request(world, "dynamodb", "TransactWriteItems", {
        TransactItems: [
          transfer(from, -amount, { ConditionExpression: "balance >= :least" }),
          transfer(to, amount, {}),
        ],
      });
      if (moved !== undefined) transfers += 1;
    },
    async check(app) {
      const balances = (await app.table(TableName).items()).map((item) => Number(item["balance"]));
      must(balances.length === accounts, `${balances.length} accounts`);
      must(
        balances.every((balance) => balance >= 0),
        `a balance below zero: ${balances.join(", ")}`,
      );
      const total = balances.reduce((sum, balance) => sum + balance, 0);
      must(total === accounts * opening, `${total} in all accounts instead of ${accounts * opening}`);
    },
  };
}

/** A topic with two queues: both get the same messages, each acknowledged one among them. */
export function fanOut(): Workload {
  const published = new Set<string>();
  const TopicArn = "arn:aws:sns:us-east-1:000000000000:fan";
  return {
    name: "fan-out",
    acknowledged: () => published.size,
    async setup(app) {
      const { platform } = app;
      await platform.invoke("sns", "CreateTopic", { Name: "fan" });
      for (const QueueName of ["fan-1", "fan-2"]) {
        await platform.invoke("sqs", "CreateQueue", { QueueName });
        await platform.invoke("sns", "Subscribe", {
          TopicArn,
          Protocol: "sqs",
          Endpoint: `arn:aws:sqs:us-east-1:000000000000:${QueueName}`,
          Attributes: { RawMessageDelivery: "true" },
        });
      }
    },
    async step(world) {
      const Message = world.random.hex(8);
      const sent = await request(world, "sns", "Publish", { TopicArn, Message });
      if (sent !== undefined && !world.hasCrashed()) published.add(Message);
    },
    async check(app) {
      const bodies = async (queue: string): Promise<string[]> =>
        (await app.queue(queue).messages()).map(({ body }) => body).toSorted((a, b) => a.localeCompare(b));
      const [one, two] = [await bodies("fan-1"), await bodies("fan-2")];
      must(one.join() === two.join(), "the queues of one topic differ");
      for (const message of published)
        must(one.includes(message), `message ${message} was published and is gone`);
    },
  };
}

/** A FIFO queue: groups keep their order, nothing acknowledged is lost, nothing deleted comes back. */
export function fifo(): Workload {
  const sent = new Map<string, number[]>();
  const gone = new Set<string>();
  const next = new Map<string, number>();
  const QueueUrl = "line.fifo";
  return {
    name: "fifo",
    acknowledged: () => [...sent.values()].flat().length,
    async setup(app) {
      await app.platform.invoke("sqs", "CreateQueue", {
        QueueName: "line.fifo",
        Attributes: { FifoQueue: "true", ContentBasedDeduplication: "true", VisibilityTimeout: "30" },
      });
    },
    async step(world) {
      if (world.random.float() < 0.6) {
        const MessageGroupId = world.random.pick(["a", "b", "c"]);
        const number = next.get(MessageGroupId) ?? 1;
        next.set(MessageGroupId, number + 1);
        const MessageBody = `${MessageGroupId}-${number}`;
        const answer = await request(world, "sqs", "SendMessage", { QueueUrl, MessageBody, MessageGroupId });
        if (answer !== undefined && !world.hasCrashed())
          sent.set(MessageGroupId, [...(sent.get(MessageGroupId) ?? []), number]);
        return;
      }
      const received = await request(world, "sqs", "ReceiveMessage", { QueueUrl, MaxNumberOfMessages: 2 });
      type Message = { readonly Body: string; readonly ReceiptHandle: string };
      for (const { Body, ReceiptHandle } of (received?.["Messages"] ?? []) as readonly Message[]) {
        gone.add(Body);
        await request(world, "sqs", "DeleteMessage", { QueueUrl, ReceiptHandle });
      }
    },
    async check(app) {
      const left = (await app.queue(QueueUrl).messages()).map(({ body }) => body);
      for (const [group, numbers] of sent) {
        const inOrder = left
          .filter((body) => body.startsWith(group))
          .map((body) => Number(body.split("-")[1]));
        must(
          inOrder.join() === inOrder.toSorted((a, b) => a - b).join(),
          `group ${group} is out of order: ${inOrder.join()}`,
        );
        must(
          new Set(inOrder).size === inOrder.length,
          `group ${group} holds a message twice: ${inOrder.join()}`,
        );
        for (const number of numbers) {
          const body = `${group}-${number}`;
          must(left.includes(body) || gone.has(body), `message ${body} was accepted and is gone`);
        }
      }
    },
  };
}

/** Functions invoked and not waited for: each event accepted is run, whatever happened to its first attempt. */
export function asynchronous(): Workload {
  const accepted = new Set<string>();
  return {
    name: "asynchronous invocations",
    acknowledged: () => accepted.size,
    setup: async () => {},
    async step(world) {
      const id = world.random.hex(8);
      const answer = await request(world, "lambda", "Invoke", {
        FunctionName: world.app.resources["GetOrder"],
        InvocationType: "Event",
        Payload: Buffer.from(JSON.stringify({ id }), "utf8"),
      });
      if (answer !== undefined && !world.hasCrashed()) accepted.add(id);
    },
    async check(app) {
      const { platform } = app;
      for (const id of accepted) {
        const found = await platform
          .invoke("s3", "HeadObject", { Bucket: "seen", Key: id })
          .catch(() => undefined);
        must(found !== undefined, `event ${id} was accepted and never run`);
      }
    },
  };
}
