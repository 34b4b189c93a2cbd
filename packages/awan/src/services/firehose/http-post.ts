/** One request to an HTTP endpoint: what AWS calls a success answers 200 and names the request again. */
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { LookupFunction } from "node:net";
import { AwsError } from "../../kernel/errors.ts";

export interface HttpPost {
  readonly url: string;
  readonly requestId: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Firehose waits three minutes for an endpoint. */
const timeoutMs = 180_000;
const answerBytesMax = 1_048_576;

/** Names of this machine that not every resolver knows: a function's URL, an API's stage. */
const isOwnName = (host: string): boolean => /(?:^|\.)localhost(?:\.localstack\.cloud)?$/.test(host);

const toThisMachine: LookupFunction = (_host, options, found) => {
  if (options.all === true) found(null, [{ address: "127.0.0.1", family: 4 }]);
  else found(null, "127.0.0.1", 4);
};

export async function post(request: HttpPost): Promise<void> {
  let answer: { readonly status: number; readonly text: string };
  try {
    answer = await send(request);
  } catch (error) {
    throw new AwsError("ConnectionFailed", `${request.url}: ${String(error)}`);
  }
  if (answer.status !== 200) {
    throw new AwsError(
      "InvalidStatusCode",
      `The endpoint answered ${answer.status}: ${answer.text.slice(0, 200)}`,
    );
  }
  if (requestIdOf(answer.text) !== request.requestId) {
    throw new AwsError(
      "InvalidResponseFromDestination",
      "The response received from the endpoint is invalid: it must be JSON with the requestId of the request and a timestamp.",
    );
  }
}

function requestIdOf(text: string): unknown {
  try {
    return (JSON.parse(text) as { requestId?: unknown } | null)?.requestId;
  } catch {
    return undefined;
  }
}

function send({ url, headers, body }: HttpPost): Promise<{ readonly status: number; readonly text: string }> {
  const { hostname, protocol } = new URL(url);
  const own = isOwnName(hostname);
  return new Promise((resolve, reject) => {
    const sent = (protocol === "https:" ? requestHttps : requestHttp)(url, {
      method: "POST",
      headers: {
        ...headers,
        "content-length": body.byteLength,
        "user-agent": "Amazon Kinesis Data Firehose Agent/1.0",
      },
      signal: AbortSignal.timeout(timeoutMs),
      // Our own certificate is self-signed.
      ...(own ? { lookup: toThisMachine, rejectUnauthorized: false } : {}),
    });
    sent.on("response", (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on("data", (chunk: Buffer) => {
        bytes += chunk.byteLength;
        if (bytes <= answerBytesMax) chunks.push(chunk);
      });
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") }),
      );
      response.on("error", reject);
    });
    sent.on("error", reject);
    sent.end(body);
  });
}
