/** First-class integrations: an HTTP API calling SQS, EventBridge, Kinesis or Step Functions itself, in the same transaction. */
import type { Integration } from "@aws-sdk/client-apigatewayv2";
import type { Call } from "../../host/call.ts";
import { type Answer, mapAnswer } from "../../host/service.ts";
import { AwsError } from "../../kernel/errors.ts";
import { type Authorization, type Exchange, gatewayReply, type Reply } from "./exchange.ts";
import { evaluateMapping } from "./expressions.ts";
import { mapResponse } from "./mappings.ts";

type Parameters = Readonly<Record<string, string>>;

interface Target {
  readonly service: string;
  readonly operation: string;
  readonly input: (parameters: Parameters) => object;
  readonly answer: (output: Readonly<Record<string, unknown>>, call: Call) => Reply;
}

const json = (output: object): Reply => ({
  status: 200,
  headers: { "content-type": "application/json" },
  cookies: [],
  body: JSON.stringify(output, (_, value: unknown) => value),
});

/** SQS answers HTTP APIs in its query protocol's XML. */
const sqsXml =
  (operation: string) =>
  (output: Readonly<Record<string, unknown>>, call: Call): Reply => {
    const result = Object.entries(output)
      .filter(([, value]) => typeof value === "string")
      .map(([name, value]) => `<${name}>${escapeXml(value as string)}</${name}>`)
      .join("");
    const inner = result === "" ? "" : `<${operation}Result>${result}</${operation}Result>`;
    const metadata = `<ResponseMetadata><RequestId>${call.requestId}</RequestId></ResponseMetadata>`;
    const space = "http://queue.amazonaws.com/doc/2012-11-05/";
    return {
      status: 200,
      headers: { "content-type": "text/xml" },
      cookies: [],
      body: `<?xml version="1.0"?><${operation}Response xmlns="${space}">${inner}${metadata}</${operation}Response>`,
    };
  };

const escapeXml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

const parsed = (text: string | undefined): unknown => (text === undefined ? undefined : JSON.parse(text));
const numeric = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Number(text);

function withoutRegion(parameters: Parameters): Record<string, string> {
  const { Region: _, ...rest } = parameters;
  return rest;
}

/** AWS's JSON services spell dates as seconds. */
const seconds = (value: unknown): unknown => (value instanceof Date ? value.getTime() / 1000 : value);
const jsonDates = (output: Readonly<Record<string, unknown>>): Reply =>
  json(Object.fromEntries(Object.entries(output).map(([name, value]) => [name, seconds(value)])));

const lowerFirst = (parameters: Parameters): object =>
  Object.fromEntries(
    Object.entries(withoutRegion(parameters)).map(([name, value]) => [
      name.charAt(0).toLowerCase() + name.slice(1),
      value,
    ]),
  );

const targets: Readonly<Record<string, Target>> = {
  "SQS-SendMessage": {
    service: "sqs",
    operation: "SendMessage",
    input: (given) => ({
      ...withoutRegion(given),
      DelaySeconds: numeric(given["DelaySeconds"]),
      MessageAttributes: parsed(given["MessageAttributes"]),
      MessageSystemAttributes: parsed(given["MessageSystemAttributes"]),
    }),
    answer: sqsXml("SendMessage"),
  },
  "SQS-DeleteMessage": {
    service: "sqs",
    operation: "DeleteMessage",
    input: withoutRegion,
    answer: sqsXml("DeleteMessage"),
  },
  "SQS-PurgeQueue": {
    service: "sqs",
    operation: "PurgeQueue",
    input: withoutRegion,
    answer: sqsXml("PurgeQueue"),
  },
  "EventBridge-PutEvents": {
    service: "events",
    operation: "PutEvents",
    input: (given) => ({
      Entries: [
        {
          ...withoutRegion(given),
          Time: given["Time"] === undefined ? undefined : new Date(given["Time"]),
          Resources: parsed(given["Resources"]),
        },
      ],
    }),
    answer: jsonDates,
  },
  "Kinesis-PutRecord": {
    service: "kinesis",
    operation: "PutRecord",
    input: (given) => ({ ...withoutRegion(given), Data: Buffer.from(given["Data"] ?? "", "base64") }),
    answer: jsonDates,
  },
  "StepFunctions-StartExecution": {
    service: "sfn",
    operation: "StartExecution",
    input: lowerFirst,
    answer: jsonDates,
  },
  "StepFunctions-StartSyncExecution": {
    service: "sfn",
    operation: "StartSyncExecution",
    input: lowerFirst,
    answer: jsonDates,
  },
  "StepFunctions-StopExecution": {
    service: "sfn",
    operation: "StopExecution",
    input: lowerFirst,
    answer: jsonDates,
  },
};

export function integrateService(
  call: Call,
  exchange: Exchange,
  authorization: Authorization,
  integration: Integration,
): Answer<Reply> {
  const subtype = integration.IntegrationSubtype as string;
  const target = targets[subtype];
  if (target === undefined)
    return gatewayReply(501, `Awan does not implement the integration subtype ${subtype}.`);
  const parameters: Record<string, string> = {};
  for (const [name, source] of Object.entries(integration.RequestParameters ?? {})) {
    const value = evaluateMapping(source, exchange, authorization);
    if (value !== undefined) parameters[name] = value;
  }
  const region = parameters["Region"];
  const scoped = region === undefined ? call : call.in({ region });
  try {
    const answer = scoped.start(target.service, target.operation, dropUndefined(target.input(parameters)));
    return mapAnswer(
      answer,
      (later, output) => mapResponse(target.answer(output, later), exchange, authorization, integration),
      call,
    );
  } catch (error) {
    return refusal(error, exchange, authorization, integration);
  }
}

const dropUndefined = (input: object): object =>
  Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));

/** What the service refused, or parameters that are no JSON, as the client reads it. */
function refusal(
  error: unknown,
  exchange: Exchange,
  authorization: Authorization,
  integration: Integration,
): Reply {
  if (error instanceof SyntaxError) return gatewayReply(400, "Bad Request");
  if (!(error instanceof AwsError)) throw error;
  const reply: Reply = {
    status: error.status ?? 400,
    headers: { "content-type": "application/json" },
    cookies: [],
    body: JSON.stringify({ __type: error.code, message: error.message }),
  };
  return mapResponse(reply, exchange, authorization, integration);
}
