/**
 * Every operation of a service through its real SDK client: random input must arrive unchanged, random output must come
 * back unchanged, and every modelled error must be recognised by its class.
 */
import { AwsError } from "../../../packages/awan/src/kernel/errors.ts";
import { loadModel, serviceIndex } from "../../../packages/awan/src/model/service-model.ts";
import type { OperationModel, ServiceModel } from "../../../packages/awan/src/model/service-model.ts";
import { EchoHandler } from "./echo.ts";
import type { Seen } from "./echo.ts";
import { comparable, difference, hasEventStream, randomFor, RandomValues } from "./random-values.ts";
import type { Fields } from "./random-values.ts";

type Constructor<Instance> = new (argument: never) => Instance;
interface Client {
  send(command: unknown): Promise<Fields>;
}
type ClientModule = Record<string, unknown>;

/** Protocol classes of `@aws-sdk/core/protocols` beside the client's own. */
const otherProtocols: Readonly<Record<string, readonly string[]>> = {
  cloudwatch: ["AwsSmithyRpcV2CborProtocol", "AwsQueryProtocol"],
  sqs: ["AwsQueryProtocol"],
};
/** EC2's 823 operations are alike; every eighth is enough. */
const sampleEvery: Readonly<Record<string, number>> = { ec2: 8 };

export interface Score {
  operations: number;
  operationsPassed: number;
  errors: number;
  errorsPassed: number;
  readonly failures: string[];
}

export function protocolsToTry(service: string): readonly (string | undefined)[] {
  return [undefined, ...(otherProtocols[service] ?? [])];
}

async function makeClient(
  service: string,
  handler: EchoHandler,
  protocol: string | undefined,
): Promise<[ClientModule, Client]> {
  const name = serviceIndex()
    .find((entry) => entry.name === service)
    ?.client.split("@")[0];
  const module = (await import(`@aws-sdk/client-${name}`)) as ClientModule;
  const found = Object.entries(module).find(([key]) => key.endsWith("Client") && key !== "__Client");
  const ClientClass = found?.[1] as Constructor<Client>;
  const protocols = (await import(coreProtocols)) as ClientModule;
  const silent = { debug() {}, info() {}, warn() {}, error() {} };
  const config = {
    endpoint: "http://localhost:4566",
    region: "us-east-1",
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
    maxAttempts: 1,
    disableHostPrefix: true,
    forcePathStyle: true,
    requestHandler: handler,
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    logger: silent,
    ...(service === "sqs" ? { md5: false } : {}),
    ...(protocol === undefined ? {} : { protocol: protocols[protocol] }),
  };
  return [module, new ClientClass(config as never)];
}

/** In a variable, because its types name more than the tests use. */
const coreProtocols: string = "@aws-sdk/core/protocols";

const clientMade =
  /^(Checksum|SSECustomer|CopySourceSSE|ContentEncoding|ContentMD5|ContentLength|RequestRoute|RequestToken)/;

/** Members that a client computes, checks or gives a meaning of its own to. */
function withoutClientMade(service: string, operation: OperationModel, input: Fields, output: Fields): void {
  if (service === "events" || service === "sesv2") delete input["EndpointId"];
  if (service === "dynamodb" && input["TableName"] !== undefined) input["TableName"] = "table";
  if (service === "s3-control" && operation.input.member("AccountId")) input["AccountId"] = "123456789012";
  if (service === "s3-control" && input["Bucket"] !== undefined) input["Bucket"] = "bucket";
  if (service === "s3-control") delete input["OutpostId"];
  if (service !== "s3") return;
  if (input["Bucket"] !== undefined) input["Bucket"] = "bucket";
  if (input["Key"] !== undefined) input["Key"] = "dir/../a//b c+é&?#%";
  for (const name of Object.keys(input)) {
    if (clientMade.test(name) && !operation.input.member(name)?.isRequired) delete input[name];
  }
  // ExpiresString is the SDK's own, a second view of Expires.
  for (const name of ["ContentLength", "ContentEncoding", "ExpiresString"]) delete output[name];
}

/** Empty structures and what holds nothing else: forms have no way to say them. */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(withoutEmpty).filter((item) => item !== undefined);
    return items.length === 0 ? undefined : items;
  }
  if (typeof value !== "object" || value === null || value instanceof Uint8Array || value instanceof Date) {
    return value;
  }
  const entries = Object.entries(value)
    .map(([name, field]) => [name, withoutEmpty(field)] as const)
    .filter(([, field]) => field !== undefined);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** What clients add on their own, to either side. */
function withoutAdditions(service: string, operation: OperationModel, seen: Fields, sent: Fields): Fields {
  const rest = { ...seen };
  for (const { name, traits } of operation.input.members) {
    if (name in sent) continue;
    const isAdded = traits.idempotencyToken || traits.httpHeader?.toLowerCase() === "content-type";
    if (isAdded || (service === "s3" && (clientMade.test(name) || name === "ChecksumMode")))
      delete rest[name];
    // A streaming body is there even when it is empty.
    if (traits.httpPayload && rest[name] instanceof Uint8Array && rest[name].length === 0) delete rest[name];
  }
  return rest;
}

async function received(operation: OperationModel, response: Fields, output: Fields): Promise<Fields> {
  const result: Fields = {};
  for (const [name, value] of Object.entries(response)) {
    if (value === undefined || value === null) continue;
    if (name === "ExpiresString" && operation.service.name === "s3") continue;
    const member = operation.output.member(name);
    const isAdded =
      member?.traits.httpPayload || member?.traits.httpHeader?.toLowerCase().startsWith("content-");
    if (isAdded && !(name in output)) continue;
    const stream = value as { transformToByteArray?: () => Promise<Uint8Array> };
    result[name] = stream.transformToByteArray ? await stream.transformToByteArray() : value;
  }
  return result;
}

async function tryOperation(
  [module, client]: [ClientModule, Client],
  handler: EchoHandler,
  operation: OperationModel,
): Promise<string | undefined> {
  const service = operation.service.name;
  const values = new RandomValues(randomFor(`${service}.${operation.name}`));
  const input = values.top(operation.input, "input");
  const output = values.top(operation.output, "output");
  withoutClientMade(service, operation, input, output);
  const sent = structuredClone(input);
  let seen: Seen | undefined;
  handler.answer = (understood) => {
    seen = understood;
    return output;
  };
  let response: Fields;
  try {
    const Command = module[`${operation.name}Command`] as Constructor<unknown>;
    response = await client.send(new Command(input as never));
  } catch (error) {
    const { name, message } = error as Error;
    return `${seen ? "answer" : "request"} refused: ${name}: ${message.slice(0, 120)}`;
  }
  if (seen?.operation !== operation.name || seen.service !== service) {
    return `understood as ${seen?.service}:${seen?.operation}`;
  }
  const isForm = seen.protocol === "query" || seen.protocol === "ec2";
  const form = (value: Fields) => comparable(isForm ? withoutEmpty(value) : value);
  const understood = withoutAdditions(service, operation, seen.input, sent);
  const inputDifference = difference(form(sent), form(understood));
  if (inputDifference) return `input ${inputDifference}`;
  const back = await received(operation, response, output);
  const outputDifference = difference(comparable(output), comparable(back));
  return outputDifference && `output ${outputDifference}`;
}

async function tryError(
  [module, client]: [ClientModule, Client],
  handler: EchoHandler,
  model: ServiceModel,
  operation: OperationModel,
  name: string,
): Promise<string | undefined> {
  const shape = model.error(name)?.shape;
  if (!shape) return "not in the model";
  const values = new RandomValues(randomFor(`${model.name}.${name}`));
  const members = values.top(shape, "output");
  for (const key of Object.keys(members)) if (/^(message|code|type)$/i.test(key)) delete members[key];
  handler.answer = () => {
    throw new AwsError(name, "the <message> & é", { members });
  };
  const input = values.top(operation.input, "input");
  withoutClientMade(model.name, operation, input, {});
  const Command = module[`${operation.name}Command`] as Constructor<unknown>;
  try {
    await client.send(new Command(input as never));
    return "was not thrown";
  } catch (thrown) {
    const error = thrown as Error & Fields;
    const ErrorClass = module[name] as Constructor<unknown> | undefined;
    const isRight = ErrorClass ? error instanceof ErrorClass : error.name === name;
    if (!isRight) return `came as ${error.name}: ${error.message.slice(0, 100)}`;
    if (error.message !== "the <message> & é") return `message ${error.message}`;
    for (const [key, value] of Object.entries(members)) {
      const found = difference(comparable(value), comparable(error[key]), `.${key}`);
      if (found) return found;
    }
    return undefined;
  }
}

/** An operation without required labels can carry any error. */
const canCarry = ({ name, routes }: OperationModel): boolean =>
  routes[0]?.method !== "HEAD" && name !== "WriteGetObjectResponse";

function carrierOf(operations: readonly OperationModel[], error: string): OperationModel | undefined {
  const stating = operations.filter(({ errors }) => errors.includes(error));
  return stating.find(canCarry) ?? operations.find(canCarry);
}

export async function fuzzService(service: string, protocol: string | undefined): Promise<Score> {
  const handler = new EchoHandler();
  const client = await makeClient(service, handler, protocol);
  const model = loadModel(service);
  const operations = model
    .operationNames()
    .map((name) => model.operation(name) as OperationModel)
    .filter((operation, index) => !hasEventStream(operation) && index % (sampleEvery[service] ?? 1) === 0);
  const score: Score = { operations: 0, operationsPassed: 0, errors: 0, errorsPassed: 0, failures: [] };
  for (const operation of operations) {
    score.operations += 1;
    const failure = await tryOperation(client, handler, operation);
    if (failure) score.failures.push(`${operation.name}: ${failure}`);
    else score.operationsPassed += 1;
  }
  for (const index of model.table.errors) {
    const name = model.table.shapes[index]?.[1] ?? "";
    const carrier = carrierOf(operations, name);
    if (!carrier) continue;
    score.errors += 1;
    const failure = await tryError(client, handler, model, carrier, name);
    if (failure) score.failures.push(`${name}: ${failure}`);
    else score.errorsPassed += 1;
  }
  return score;
}
