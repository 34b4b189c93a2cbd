/**
 * botocore's protocol suite, turned round: its serialized requests must decode to its parameters, and its results must
 * encode to bytes from which its own parsers give the results back. Usage (a checkout of boto/botocore; python3 with
 * botocore and pytest for the second half): `npx tsx tests/conformance/wire/run-botocore-protocols.ts <checkout>`.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { Readable } from "node:stream";
import { AwsError } from "../../../packages/awan/src/kernel/errors.ts";
import { ServiceModel } from "../../../packages/awan/src/model/service-model.ts";
import type { OperationModel } from "../../../packages/awan/src/model/service-model.ts";
import type { Shape, Target } from "../../../packages/awan/src/model/shape.ts";
import { protocolNamed } from "../../../packages/awan/src/wire/protocols/protocol.ts";
import type { Encoded } from "../../../packages/awan/src/wire/protocols/protocol.ts";
import { splitUrl } from "../../../packages/awan/src/wire/request-url.ts";
import { RestRouter } from "../../../packages/awan/src/wire/router.ts";
import { protocolOf, tableFromBotocore } from "./botocore-table.ts";
import type { BotocoreModel, BotocoreOperation } from "./botocore-table.ts";
import { comparable, difference } from "./random-values.ts";
import type { Fields } from "./random-values.ts";

interface Case {
  readonly id?: string;
  readonly given: BotocoreOperation;
  readonly params?: Fields;
  readonly serialized?: {
    readonly method?: string;
    readonly uri?: string;
    readonly body?: string;
    readonly headers?: Readonly<Record<string, string>>;
  };
  readonly result?: Fields;
  readonly error?: Fields;
  readonly errorCode?: string;
  readonly errorMessage?: string;
  response?: { status_code?: number; headers?: Record<string, string>; body?: string };
}
type Suite = BotocoreModel & { readonly description: string; readonly cases: Case[] };

const modelOf = (suite: Suite, { given }: Case): [ServiceModel, OperationModel] => {
  const operation = { ...given, name: given.name ?? "OperationName" };
  const model = new ServiceModel(tableFromBotocore(suite, operation));
  return [model, model.operation(operation.name) as OperationModel];
};

/** The suite's plain values as ours: dates from seconds, bytes from text, special floats from their names. */
function toValue(target: Target, value: unknown): unknown {
  if (value === null || value === undefined) return value;
  const { shape } = target;
  switch (shape.kind) {
    case "structure":
    case "union":
      return toFields(shape, value as Fields);
    case "list":
      return (value as unknown[]).map((item) => toValue(shape.item, item));
    case "map":
      return Object.fromEntries(
        Object.entries(value as Fields).map(([key, item]) => [key, toValue(shape.value, item)]),
      );
    case "timestamp":
      return new Date(Math.round(Number(value) * 1000));
    case "blob":
      return new Uint8Array(Buffer.from(value as string));
    case "number":
      return Number(value);
    default:
      return target.traits.mediaType && typeof value !== "string" ? JSON.stringify(value) : value;
  }
}

function toFields(shape: Shape, value: Fields): Fields {
  const fields: Fields = {};
  for (const [name, item] of Object.entries(value)) {
    const member = shape.member(name);
    if (!member) continue;
    const isEvents = member.shape.kind === "union" && member.shape.isStreaming;
    fields[name] = isEvents
      ? (item as Fields[]).map((event) => toFields(member.shape, event))
      : toValue(member, item);
  }
  return fields;
}

/** A parameter given both as a member and in the map of all parameters travels once. */
function withoutBound(operation: OperationModel, params: unknown): void {
  for (const { traits } of operation.input.members) {
    if (traits.httpQuery !== undefined && params) delete (params as Fields)[traits.httpQuery];
  }
}

const isNothing = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  value === "" ||
  (typeof value === "object" && !(value instanceof Date) && Object.keys(value).length === 0);

/** Without what the wire cannot tell from being absent. */
function transmitted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(transmitted);
  if (Number.isNaN(value)) return "NaN";
  if (value === Infinity || value === -Infinity) return String(value);
  if (typeof value !== "object" || value === null || value instanceof Date || value instanceof Uint8Array) {
    return value;
  }
  const entries = Object.entries(value).map(([key, item]) => [key, transmitted(item)] as const);
  return Object.fromEntries(entries.filter(([, item]) => !isNothing(item)));
}

async function collected(value: unknown): Promise<unknown> {
  if (value instanceof Readable) {
    const chunks: Buffer[] = [];
    for await (const chunk of value) chunks.push(chunk as Buffer);
    return new Uint8Array(Buffer.concat(chunks));
  }
  return value;
}

async function decodeCase(suite: Suite, test: Case): Promise<string | undefined> {
  const [model, operation] = modelOf(suite, test);
  const {
    method = test.given.http?.method ?? "POST",
    uri = "/",
    body: text = "",
    headers: sent = {},
  } = test.serialized ?? {};
  const protocol = protocolNamed(protocolOf(suite.metadata));
  const isCbor = protocol.name === "rpcv2Cbor";
  const body = Buffer.from(text, isCbor ? "base64" : "utf8");
  const headers = Object.fromEntries(
    Object.entries(sent).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const { path, query } = splitUrl(uri);
  let labels = {};
  if (operation.routes.length > 0) {
    const match = new RestRouter(model).match(method, path, query, headers);
    if (!match) return "no route";
    labels = match.labels;
  }
  const decoded = protocol.decode({ operation, labels, path, query, headers, body });
  const input: Fields = {};
  for (const [name, value] of Object.entries(decoded)) input[name] = await collected(value);
  const expected = toFields(operation.input, test.params ?? {});
  for (const { name, traits } of operation.input.members) {
    const isClientMade = traits.idempotencyToken || traits.httpHeader?.toLowerCase() === "content-type";
    if (isClientMade && !(name in expected)) delete input[name];
    if (traits.httpQueryParams) withoutBound(operation, expected[name]);
  }
  return difference(comparable(transmitted(expected)), comparable(transmitted(input)));
}

async function bytesOf({ body }: Encoded): Promise<Buffer> {
  if (typeof body === "string") return Buffer.from(body);
  return body instanceof Readable
    ? Buffer.from((await collected(body)) as Uint8Array)
    : Buffer.from(body as Uint8Array);
}

/** Puts our answer where the suite has the one it expects. */
async function encodeCase(suite: Suite, test: Case): Promise<void> {
  const [model, operation] = modelOf(suite, test);
  const protocol = protocolNamed(protocolOf(suite.metadata));
  let encoded: Encoded;
  if (test.error) {
    const { errorCode = "", errorMessage = "" } = test;
    const name = model.table.errors
      .map((index) => model.error(model.table.shapes[index]?.[1] ?? ""))
      .find((error) => error?.queryCode === errorCode || error?.name === errorCode);
    const members = name ? toFields(name.shape, test.error) : {};
    const error = new AwsError(name?.name ?? errorCode, errorMessage, { members });
    encoded = protocol.encodeError(model, operation, error, "request-1");
  } else {
    encoded = protocol.encode(operation, toFields(operation.output, test.result ?? {}), "request-1");
  }
  const bytes = await bytesOf(encoded);
  // One case collects every header; the request's id is none of the operation's.
  const { "x-amzn-requestid": _requestId, ...headers } = encoded.headers;
  const isBase64 = protocol.name === "rpcv2Cbor" || operation.eventStreamOf("output") !== undefined;
  test.response = {
    status_code: encoded.status,
    headers,
    body: bytes.toString(isBase64 ? "base64" : "utf8"),
  };
}

interface Ignored {
  readonly suites?: readonly string[];
  readonly cases?: readonly string[];
}
type IgnoreList = Readonly<Record<string, Readonly<Record<string, Ignored | Record<string, Ignored>>>>>;

function isIgnored(list: IgnoreList, file: string, suite: string, id: string): boolean {
  const general = list["general"]?.["input"] as Ignored | undefined;
  const specific = (list["protocols"]?.[file] as Record<string, Ignored> | undefined)?.["input"];
  return [general, specific].some((each) => each?.suites?.includes(suite) || each?.cases?.includes(id));
}

function jsonFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".json") && !path.includes("ignore-list"))
    .map((path) => join(folder, path));
}

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, "utf8"));

async function main(checkout: string): Promise<void> {
  const source = join(checkout, "tests", "unit");
  const target = mkdtempSync(join(tmpdir(), "awan-botocore-"));
  cpSync(join(source, "test_protocols.py"), join(target, "test_protocols.py"));
  cpSync(join(source, "protocols"), join(target, "protocols"), { recursive: true });
  const ignored = readJson(join(source, "protocols", "protocol-tests-ignore-list.json")) as IgnoreList;
  let total = 0;
  const failures: string[] = [];
  for (const path of jsonFiles(join(source, "protocols"))) {
    const file = relative(join(source, "protocols"), path);
    const suites = readJson(path) as Suite[];
    for (const suite of suites) {
      for (const test of suite.cases) {
        const title = `${file} ${suite.description} ${test.id ?? ""}`;
        try {
          if (test.params && test.serialized) {
            const base = file.split("/").at(-1)?.replace(".json", "") ?? "";
            if (isIgnored(ignored, base, suite.description, test.id ?? "")) continue;
            total += 1;
            const failure = await decodeCase(suite, test);
            if (failure) failures.push(`${title}: ${failure}`);
          } else if (test.response) await encodeCase(suite, test);
        } catch (error) {
          failures.push(`${title}: ${(error as Error).stack?.split("\n").slice(0, 3).join(" ")}`);
        }
      }
    }
    mkdirSync(join(target, "protocols"), { recursive: true });
    writeFileSync(join(target, "protocols", file), JSON.stringify(suites));
  }
  for (const failure of failures) console.log(failure);
  console.log(`requests decoded as expected: ${total - failures.length} of ${total}`);
  const pytest = spawnSync(
    "python3",
    [
      "-m",
      "pytest",
      "-q",
      "--no-header",
      "-p",
      "no:cacheprovider",
      "test_protocols.py",
      "-k",
      "output",
      "--tb=short",
    ],
    { cwd: target, encoding: "utf8", maxBuffer: 1 << 28 },
  );
  writeFileSync(join(target, "pytest.log"), pytest.stdout + pytest.stderr);
  const lines = pytest.stdout.trim().split("\n");
  console.log(`answers parsed by botocore: ${lines.at(-1)}\n(details in ${join(target, "pytest.log")})`);
}

const [checkout] = process.argv.slice(2);
if (checkout === undefined) throw new Error("usage: run-botocore-protocols.ts <checkout of boto/botocore>");
await main(checkout);
