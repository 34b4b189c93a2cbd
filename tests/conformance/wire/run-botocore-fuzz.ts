/**
 * The same fuzz as sdk-fuzz with botocore's clients, over a socket. Needs python3 with botocore, so it is no part of the
 * tests: `npx tsx tests/conformance/wire/run-botocore-fuzz.ts [service…]`.
 */
import { spawn, spawnSync } from "node:child_process";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { loadModel, serviceIndex } from "../../../packages/awan/src/model/service-model.ts";
import { splitUrl } from "../../../packages/awan/src/wire/request-url.ts";
import { echo } from "./echo.ts";
import type { Seen } from "./echo.ts";
import { comparable, randomFor, RandomValues } from "./random-values.ts";
import type { Fields } from "./random-values.ts";

/** Output members that botocore acts on itself. */
const clientRead = /^(ContentEncoding|ContentLength|Checksum|ContentRange|ContentMD5|ExpiresString)/;
/** Policies that botocore URL-decodes; the service encodes them. */
const isPolicy = (service: string, name: string): boolean =>
  service === "iam" && name.endsWith("PolicyDocument");

let last: object = {};

function encodedPolicies(service: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => encodedPolicies(service, item));
  if (typeof value !== "object" || value === null || value instanceof Date || value instanceof Uint8Array) {
    return value;
  }
  const entries = Object.entries(value).map(([name, item]) => [
    name,
    isPolicy(service, name) && typeof item === "string" ? "%7B%7D" : encodedPolicies(service, item),
  ]);
  return Object.fromEntries(entries) as unknown;
}

const parsedPolicies = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (_, item: unknown) => (item === "%7B%7D" ? {} : item)) as unknown;

function answer({ service, operation: name, protocol, input }: Seen): Fields {
  const operation = loadModel(service).operation(name);
  if (!operation) return {};
  const values = new RandomValues(randomFor(`${service}.${name}`), { wholeNumbers: true });
  const output = encodedPolicies(service, values.top(operation.output, "output")) as Fields;
  for (const key of Object.keys(output)) if (service === "s3" && clientRead.test(key)) delete output[key];
  last = {
    service,
    operation: name,
    protocol,
    input: comparable(input),
    output: parsedPolicies(comparable(output)),
  };
  return output;
}

async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { path, query } = splitUrl(request.url ?? "/");
  if (path === "/_last") {
    response.end(JSON.stringify(last));
    last = {};
    return;
  }
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
  );
  const body = Buffer.concat(chunks);
  const encoded = await echo({ method: request.method ?? "GET", path, query, headers, body }, answer);
  response.writeHead(encoded.status, encoded.headers);
  if (encoded.body instanceof Readable) encoded.body.pipe(response);
  else response.end(encoded.body);
}

interface Line {
  readonly service: string;
  readonly operations: number;
  readonly failures: readonly string[];
}

async function main(services: readonly string[]): Promise<void> {
  if (spawnSync("python3", ["-c", "import botocore"]).status !== 0) {
    console.log("skipped: python3 with botocore is not on this machine");
    return;
  }
  const server = createServer((request, response) => {
    respond(request, response).catch((error: unknown) => {
      console.error(error);
      response.destroy();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  const script = fileURLToPath(new URL("./botocore-fuzz.py", import.meta.url));
  const python = spawn("python3", [script, String(port), ...services], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  for await (const chunk of python.stdout) text += String(chunk);
  server.close();
  server.closeAllConnections();
  const lines = text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
  for (const { service, operations, failures } of lines) {
    console.log(`${service}: ${operations - failures.length}/${operations}`);
    for (const failure of failures) console.log(`  ${failure}`);
  }
  const total = lines.reduce((sum, line) => sum + line.operations, 0);
  const failed = lines.reduce((sum, line) => sum + line.failures.length, 0);
  console.log(`botocore fuzz: operations ${total - failed}/${total}`);
}

const wanted = process.argv.slice(2);
await main(wanted.length > 0 ? wanted : serviceIndex().map(({ name }) => name));
