/**
 * SNS while everything fails: queues are deleted, functions throttled and crashing, HTTP endpoints refusing, slow to come
 * back or gone, and the process dies at any commit. When all is over, every message that was acknowledged has reached
 * each subscription it matches at least once, or that subscription's dead letters.
 */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import * as fc from "fast-check";
import { type App, startApp } from "awan/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Call } from "../../packages/awan/src/host/call.ts";
import { MortalApp } from "./mortal-app.ts";

type Step =
  | { readonly kind: "publish"; readonly colours: readonly string[] }
  | { readonly kind: "queue"; readonly there: boolean }
  | { readonly kind: "function"; readonly fault: "none" | "throttle" | "error" | "crash" }
  | { readonly kind: "endpoint"; readonly answers: readonly number[] }
  | { readonly kind: "filter"; readonly which: number; readonly colours: readonly string[] }
  | { readonly kind: "wait"; readonly seconds: number }
  | { readonly kind: "crash"; readonly commits: number };

const colours = ["red", "green", "blue"];
const targets = ["queue", "function", "endpoint", "mail"] as const;

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("publish" as const),
      colours: fc.array(fc.constantFrom(...colours), { minLength: 1, maxLength: 3 }),
    }),
  },
  fc.record({ kind: fc.constant("queue" as const), there: fc.boolean() }),
  fc.record({
    kind: fc.constant("function" as const),
    fault: fc.constantFrom("none" as const, "throttle" as const, "error" as const, "crash" as const),
  }),
  fc.record({
    kind: fc.constant("endpoint" as const),
    // In turn for the next requests; 0 hangs up.
    answers: fc.array(fc.constantFrom(200, 500, 503, 429, 404, 0), { maxLength: 6 }),
  }),
  fc.record({
    kind: fc.constant("filter" as const),
    which: fc.nat(targets.length - 1),
    colours: fc.subarray(colours, { minLength: 1 }),
  }),
  fc.record({ kind: fc.constant("wait" as const), seconds: fc.constantFrom(1, 20, 61, 400) }),
  fc.record({ kind: fc.constant("crash" as const), commits: fc.integer({ min: 1, max: 12 }) }),
);

const queueArn = (name: string): string => `arn:aws:sqs:us-east-1:000000000000:${name}`;
const TopicArn = "arn:aws:sns:us-east-1:000000000000:topic";
const address = "reader@example.com";
const functionTemplate = {
  Resources: {
    Function: {
      Type: "AWS::Lambda::Function",
      Properties: {
        FunctionName: "listener",
        Runtime: "nodejs22.x",
        Handler: "index.handler",
        Role: "arn:aws:iam::000000000000:role/listener",
        Code: { ZipFile: "exports.handler = async () => {};" },
      },
    },
  },
};

let base: App;
let server: Server;
const subscriptionArns: string[] = [];
/** What the run that is under way has reached outside of Awan. */
let heardByFunction: string[] = [];
let heardByEndpoint: string[] = [];
let answers: number[] = [];

const listen = async (): Promise<Server> => {
  const listening = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const answer = answers.shift() ?? 200;
      if (answer === 0) {
        request.socket.destroy();
        return;
      }
      if (answer === 200) heardByEndpoint.push(body);
      response.writeHead(answer).end();
    });
  });
  await new Promise<void>((ready) => listening.listen(0, "127.0.0.1", ready));
  return listening;
};

beforeAll(async () => {
  server = await listen();
  base = await startApp({ clock: "manual", seed: 5 });
  const { platform } = base;
  await platform.invoke("cloudformation", "CreateStack", {
    StackName: "listener",
    TemplateBody: JSON.stringify(functionTemplate),
  });
  await base.settle();
  await platform.invoke("sns", "CreateTopic", { Name: "topic" });
  const endpoints = {
    queue: ["sqs", queueArn("queue")],
    function: ["lambda", "arn:aws:lambda:us-east-1:000000000000:function:listener"],
    endpoint: ["http", `http://127.0.0.1:${(server.address() as AddressInfo).port}/`],
    mail: ["email", address],
  } as const;
  await platform.invoke("sqs", "CreateQueue", { QueueName: "queue" });
  for (const target of targets) {
    await platform.invoke("sqs", "CreateQueue", { QueueName: `${target}-dead` });
    const [Protocol, Endpoint] = endpoints[target];
    const { SubscriptionArn } = await platform.invoke("sns", "Subscribe", {
      TopicArn,
      Protocol,
      Endpoint,
      ReturnSubscriptionArn: true,
      Attributes: {
        RedrivePolicy: JSON.stringify({ deadLetterTargetArn: queueArn(`${target}-dead`) }),
        ...(target === "queue" || target === "endpoint" ? { RawMessageDelivery: "true" } : {}),
      },
    });
    subscriptionArns.push(SubscriptionArn as string);
  }
  await base.settle();
  const asked = [heardByEndpoint[0] as string, (await lettersOf(base))[0] as string];
  for (const letter of asked) {
    const { Token } = JSON.parse(letter) as { Token: string };
    await platform.invoke("sns", "ConfirmSubscription", { TopicArn, Token });
  }
  // A function that keeps failing has its own dead letters: those of the subscription are for one that cannot be called.
  await platform.invoke("lambda", "PutFunctionEventInvokeConfig", {
    FunctionName: "listener",
    DestinationConfig: { OnFailure: { Destination: queueArn("function-dead") } },
  });
  base.fn("listener").mock((event: { Records: { Sns: { Message: string } }[] }) => {
    heardByFunction.push(...event.Records.map(({ Sns }) => Sns.Message));
  });
}, 60_000);
afterAll(async () => {
  await base.close();
  server.close();
});

const lettersOf = (app: App): Promise<string[]> =>
  app.platform.run({ name: "sns.Letters" }, (call: Call) =>
    call.ports.sns.letters(call, address).map(({ body }) => body),
  );

const bodiesIn = async (app: App, queue: string): Promise<string[]> =>
  (await app.queue(queue).messages()).map(({ body }) => body);

class History {
  readonly #mortal: MortalApp;
  readonly #expected = new Map(targets.map((target) => [target, new Set<string>()]));
  readonly #wanted = new Map<string, readonly string[]>(targets.map((target) => [target, colours]));
  /** What was received from the queue before it was deleted. */
  readonly #drained: string[] = [];
  #published = 0;

  constructor(mortal: MortalApp) {
    this.#mortal = mortal;
  }

  async take(next: Step): Promise<void> {
    switch (next.kind) {
      case "publish":
        await Promise.all(next.colours.map((colour) => this.#publish(colour)));
        break;
      case "queue":
        await (next.there ? this.#createQueue() : this.#deleteQueue());
        break;
      case "function":
        this.#mortal.app.faults.clear();
        this.#fail(next.fault);
        break;
      case "endpoint":
        answers = [...next.answers];
        break;
      case "filter":
        await this.#filter(next.which, next.colours);
        break;
      case "crash":
        this.#mortal.dieAfter(next.commits);
        break;
      default:
        await this.#mortal.app.clock.advance(next.seconds * 1_000);
    }
    if (this.#mortal.isDead) await this.#mortal.revive();
  }

  #fail(fault: "none" | "throttle" | "error" | "crash"): void {
    const place = this.#mortal.app.faults.on("listener");
    if (fault === "throttle") place.throttle({ times: 4 });
    else if (fault === "error") place.error("Broken", { times: 2 });
    else if (fault === "crash") place.crash({ times: 3, before: true });
  }

  async #publish(colour: string): Promise<void> {
    this.#published += 1;
    const Message = `message ${this.#published}`;
    const heard = await this.#mortal.call("sns", "Publish", {
      TopicArn,
      Message,
      MessageAttributes: { colour: { DataType: "String", StringValue: colour } },
    });
    if (heard === "unheard") return;
    expect(heard.ok).toBe(true);
    for (const target of targets)
      if (this.#wanted.get(target)?.includes(colour) === true) this.#expected.get(target)?.add(Message);
  }

  async #deleteQueue(): Promise<void> {
    const there = await bodiesIn(this.#mortal.app, "queue").catch(() => []);
    const heard = await this.#mortal.call("sqs", "DeleteQueue", { QueueUrl: "queue" });
    if (heard === "unheard" || heard.ok) this.#drained.push(...there);
  }

  async #createQueue(): Promise<void> {
    await this.#mortal.call("sqs", "CreateQueue", { QueueName: "queue" });
  }

  async #filter(which: number, wanted: readonly string[]): Promise<void> {
    const target = targets[which] as (typeof targets)[number];
    const heard = await this.#mortal.call("sns", "SetSubscriptionAttributes", {
      SubscriptionArn: subscriptionArns[which],
      AttributeName: "FilterPolicy",
      AttributeValue: JSON.stringify({ colour: wanted }),
    });
    // Unheard, either of the two may hold: only what passes both is sure to come.
    const before = this.#wanted.get(target) as readonly string[];
    this.#wanted.set(target, heard === "unheard" ? wanted.filter((each) => before.includes(each)) : wanted);
  }

  async check(): Promise<void> {
    const { app } = this.#mortal;
    app.faults.clear();
    answers = [];
    await app.clock.advance("7h");
    const got: Record<(typeof targets)[number], readonly string[]> = {
      queue: [...this.#drained, ...(await bodiesIn(app, "queue").catch(() => []))],
      function: heardByFunction,
      endpoint: heardByEndpoint,
      mail: await lettersOf(app),
    };
    for (const target of targets) {
      const dead = (await bodiesIn(app, `${target}-dead`)).join("\n");
      const missing = [...(this.#expected.get(target) as Set<string>)].filter(
        (message) => !got[target].includes(message) && !new RegExp(`\\b${message}\\b`).test(dead),
      );
      expect({ target, missing }).toEqual({ target, missing: [] });
    }
  }
}

test("each matching subscription gets each message at least once, or its dead letters do", async () => {
  let lives = 0;
  const numRuns = 60;
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 40, size: "max" }),
      fc.nat(1_000_000),
      async (steps, seed) => {
        [heardByFunction, heardByEndpoint, answers] = [[], [], []];
        await using mortal = await MortalApp.forkOf(base, seed);
        const history = new History(mortal);
        for (const next of steps) await history.take(next);
        await history.check();
        lives += mortal.lives;
      },
    ),
    { numRuns },
  );
  expect(lives).toBeGreaterThan(numRuns);
}, 120_000);
