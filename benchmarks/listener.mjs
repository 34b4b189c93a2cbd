/**
 * What the listener costs over bare node:http: both answer a JSON echo in a process of their own, in turns.
 * `node benchmarks/listener.mjs [rounds] [seconds]`.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { httpRequest, load } from "./load.mjs";

const rounds = Number(process.argv[2] ?? 3);
const seconds = Number(process.argv[3] ?? 3);
const body = JSON.stringify({
  QueueUrl: "http://127.0.0.1:4566/000000000000/queue",
  MessageBody: "x".repeat(100),
});
const headers = {
  "content-type": "application/x-amz-json-1.0",
  "x-amz-target": "AmazonSQS.SendMessage",
  "x-amz-date": "20260101T000000Z",
  "user-agent": "aws-sdk-js/3.1169.0 ua/2.1 os/linux#6.1 lang/js md/nodejs#20.20.2 api/sqs#3.1169.0",
  "amz-sdk-invocation-id": "6b1e1a4e-7c7e-4d4b-9c38-1a4f3a1b2c3d",
  authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/sqs/aws4_request, SignedHeaders=host;x-amz-date, Signature=${"0".repeat(64)}`,
};

async function measure(kind) {
  const server = fork(fileURLToPath(new URL("listener-server.mjs", import.meta.url)), [kind], {
    execArgv: kind === "bare" ? [] : ["--import", "tsx"],
  });
  try {
    const [{ port }] = await once(server, "message");
    const cpuMicros = async () => {
      server.send("cpu");
      const [{ micros }] = await once(server, "message");
      return micros;
    };
    let before = Promise.resolve(0);
    const result = await load({
      port,
      requests: [httpRequest({ headers, body })],
      seconds,
      onMeasure: () => {
        before = cpuMicros();
      },
    });
    const cpu = ((await cpuMicros()) - (await before)) / result.requests;
    return { ...result, cpuMicros: cpu };
  } finally {
    server.kill();
  }
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const results = { bare: [], awan: [] };
for (let round = 0; round < rounds; round += 1) {
  for (const kind of ["bare", "awan"]) {
    const result = await measure(kind);
    results[kind].push(result);
    console.log(
      `${kind.padEnd(4)} ${String(result.perSecond).padStart(6)} requests/s  ${result.cpuMicros.toFixed(1)} µs CPU each  p50 ${result.p50} ms  p99 ${result.p99} ms${result.failures > 0 ? `  FAILURES ${result.failures}: ${result.firstFailure}` : ""}`,
    );
  }
}
const of = (kind, name) => median(results[kind].map((result) => result[name]));
console.log(
  `median: bare ${of("bare", "perSecond")}/s ${of("bare", "cpuMicros").toFixed(1)} µs, awan ${of("awan", "perSecond")}/s ${of("awan", "cpuMicros").toFixed(1)} µs; ratio ${(of("awan", "perSecond") / of("bare", "perSecond")).toFixed(3)} by requests, ${(of("bare", "cpuMicros") / of("awan", "cpuMicros")).toFixed(3)} by CPU`,
);
