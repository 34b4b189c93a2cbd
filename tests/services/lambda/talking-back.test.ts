/**
 * Real SDKs inside real functions talk back to Awan with no configuration, and cannot reach AWS. Go, Rust and Python with
 * boto3 are tried where the machine has them.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateFunctionCommand, InvokeCommand, LambdaClient, type Runtime } from "@aws-sdk/client-lambda";
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { startApp } from "awan/testing";
import { build } from "esbuild";
import { zipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { node, role, zip } from "./code.ts";

let app: Awaited<ReturnType<typeof startApp>>;
let lambda: LambdaClient;
let sqs: SQSClient;
let QueueUrl = "";
const directory = mkdtempSync(join(tmpdir(), "awan-binaries-"));

beforeAll(async () => {
  app = await startApp({ clock: "manual", seed: 1 });
  lambda = app.client(LambdaClient);
  sqs = app.client(SQSClient);
  ({ QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName: "heard" })));
});
afterAll(async () => {
  await app.close();
  rmSync(directory, { recursive: true, force: true });
});

function works(command: string, ...args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Runs a function that is to send its event's `body` to the queue; returns its answer. */
async function run(name: string, runtime: Runtime, code: Uint8Array, event: object = {}): Promise<unknown> {
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Runtime: runtime,
      Handler: "index.handler",
      Role: role,
      Timeout: 60,
      MemorySize: 1024,
      Environment: { Variables: { QUEUE: QueueUrl } },
      Code: { ZipFile: code },
    }),
  );
  const { Payload = new Uint8Array(), FunctionError } = await lambda.send(
    new InvokeCommand({ FunctionName: name, Payload: JSON.stringify({ body: name, ...event }) }),
  );
  const answer: unknown = JSON.parse(Buffer.from(Payload).toString());
  expect(FunctionError, JSON.stringify(answer)).toBeUndefined();
  return answer;
}

async function heard(): Promise<string | undefined> {
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
  return Messages[0]?.Body;
}

/** The second client is told to forget where Awan is: it is to fail, not to reach AWS. */
const nodeSource = `import { SQSClient, SendMessageCommand, ListQueuesCommand } from "@aws-sdk/client-sqs";
const sqs = new SQSClient({});
const astray = new SQSClient({ endpoint: "https://sqs.us-east-1.amazonaws.com", maxAttempts: 1 });
export const handler = async (event) => {
  await sqs.send(new SendMessageCommand({ QueueUrl: process.env.QUEUE, MessageBody: event.body }));
  return astray.send(new ListQueuesCommand({})).then(() => "reached AWS", (error) => error.message);
};`;

describe("the JavaScript SDK", () => {
  test("that the runtime brings", { timeout: 60_000 }, async () => {
    const answer = await run("unbundled", "nodejs22.x", zip({ "index.mjs": nodeSource }));
    expect(answer).toMatch(/Awan keeps functions from the real AWS/);
    expect(await heard()).toBe("unbundled");
  });

  test("bundled", { timeout: 60_000 }, async () => {
    const bundle = await build({
      stdin: { contents: nodeSource, resolveDir: import.meta.dirname },
      bundle: true,
      platform: "node",
      format: "cjs",
      write: false,
    });
    const answer = await run("bundled", "nodejs22.x", node(bundle.outputFiles[0]?.text ?? ""));
    expect(answer).toMatch(/Awan keeps functions from the real AWS/);
    expect(await heard()).toBe("bundled");
  });
});

test.skipIf(!works("python3", "-c", "import boto3"))("boto3", { timeout: 60_000 }, async () => {
  const source = `import os
import boto3, botocore.config
def handler(event, context):
    boto3.client("sqs").send_message(QueueUrl=os.environ["QUEUE"], MessageBody=event["body"])
    config = botocore.config.Config(retries={"max_attempts": 0}, connect_timeout=5)
    try:
        boto3.client("sqs", endpoint_url="https://sqs.us-east-1.amazonaws.com", config=config).list_queues()
        return "reached AWS"
    except Exception as error:
        return type(error).__name__
`;
  const answer = await run("boto", "python3.11", zip({ "index.py": source }));
  expect(answer).toBe("EndpointConnectionError");
  expect(await heard()).toBe("boto");
});

const executable = (file: string): Uint8Array =>
  zipSync({ bootstrap: [readFileSync(file), { os: 3, attrs: 0o100755 << 16 }] });

/** Runtimes of their own: the Runtime API and SQS by hand, because no module may be fetched for a test. */
describe.skipIf(!works("go", "version"))("Go", () => {
  test("as provided.al2023", { timeout: 180_000 }, async () => {
    const source = `package main
import ("bytes"; "encoding/json"; "fmt"; "io"; "net/http"; "os")
func main() {
  api := "http://" + os.Getenv("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/invocation/"
  for {
    next, err := http.Get(api + "next")
    if err != nil { return }
    body, _ := io.ReadAll(next.Body)
    next.Body.Close()
    var event struct { Body string \`json:"body"\` }
    json.Unmarshal(body, &event)
    input, _ := json.Marshal(map[string]string{"QueueUrl": os.Getenv("QUEUE"), "MessageBody": event.Body})
    request, _ := http.NewRequest("POST", os.Getenv("AWS_ENDPOINT_URL"), bytes.NewReader(input))
    request.Header.Set("Content-Type", "application/x-amz-json-1.0")
    request.Header.Set("X-Amz-Target", "AmazonSQS.SendMessage")
    request.Header.Set("Authorization", fmt.Sprintf("AWS4-HMAC-SHA256 Credential=%s/20300101/%s/sqs/aws4_request, SignedHeaders=host, Signature=00", os.Getenv("AWS_ACCESS_KEY_ID"), os.Getenv("AWS_REGION")))
    sent, err := http.DefaultClient.Do(request)
    answer := "\\"not sent\\""
    if err == nil { answer = fmt.Sprint(sent.StatusCode); sent.Body.Close() }
    told, _ := http.Post(api + next.Header.Get("Lambda-Runtime-Aws-Request-Id") + "/response", "application/json", bytes.NewReader([]byte(answer)))
    told.Body.Close()
  }
}
`;
    writeFileSync(join(directory, "main.go"), source);
    const bootstrap = join(directory, "go-bootstrap");
    execFileSync("go", ["build", "-o", bootstrap, join(directory, "main.go")], {
      env: { ...process.env, CGO_ENABLED: "0", GO111MODULE: "off" },
    });
    expect(await run("in-go", "provided.al2023", executable(bootstrap))).toBe(200);
    expect(await heard()).toBe("in-go");
  });
});

describe.skipIf(!works("rustc", "--version"))("Rust", () => {
  test("as provided.al2023", { timeout: 180_000 }, async () => {
    const source = `use std::{env, io::{Read, Write}, net::TcpStream};
/// A request of HTTP/1.0 and its answer: head and body.
fn ask(address: &str, method: &str, path: &str, headers: &str, body: &str) -> (String, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "{method} {path} HTTP/1.0\\r\\nHost: {address}\\r\\n{headers}Content-Length: {}\\r\\n\\r\\n{body}", body.len()).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let (head, body) = text.split_once("\\r\\n\\r\\n").unwrap();
    (head.to_string(), body.to_string())
}
fn main() {
    let api = env::var("AWS_LAMBDA_RUNTIME_API").unwrap();
    let endpoint = env::var("AWS_ENDPOINT_URL").unwrap().replace("http://", "");
    let invocation = "/2018-06-01/runtime/invocation";
    loop {
        let (head, event) = ask(&api, "GET", &format!("{invocation}/next"), "", "");
        let id = head.lines().find_map(|line| line.to_lowercase().strip_prefix("lambda-runtime-aws-request-id: ").map(str::to_string)).unwrap();
        let body = event.split("\\"body\\":\\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        let input = format!("{{\\"QueueUrl\\":\\"{}\\",\\"MessageBody\\":\\"{body}\\"}}", env::var("QUEUE").unwrap());
        let headers = format!("Content-Type: application/x-amz-json-1.0\\r\\nX-Amz-Target: AmazonSQS.SendMessage\\r\\nAuthorization: AWS4-HMAC-SHA256 Credential={}/20300101/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=00\\r\\n", env::var("AWS_ACCESS_KEY_ID").unwrap());
        let (sent, _) = ask(&endpoint, "POST", "/", &headers, &input);
        let status = sent.split(' ').nth(1).unwrap();
        ask(&api, "POST", &format!("{invocation}/{id}/response"), "", status);
    }
}
`;
    writeFileSync(join(directory, "main.rs"), source);
    const bootstrap = join(directory, "rust-bootstrap");
    execFileSync("rustc", ["--edition", "2021", "-o", bootstrap, join(directory, "main.rs")]);
    expect(await run("in-rust", "provided.al2023", executable(bootstrap))).toBe(200);
    expect(await heard()).toBe("in-rust");
  });
});
