/**
 * Load for every benchmark: keep-alive connections over raw sockets in a child process of their own, one request under
 * way on each, so that the generator costs little and the server's own process is all that is measured.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const distinctRequests = 1_024;

/**
 * @param {object} options
 * @param {number} options.port
 * @param {string} [options.host] 127.0.0.1 by default
 * @param {Buffer[] | ((index: number) => Buffer)} options.requests whole HTTP/1.1 requests, sent in turn; a function is
 *   called for the indexes below 1,024 before the load begins
 * @param {number} [options.connections] 64 by default
 * @param {number} [options.seconds] measured, 3 by default
 * @param {number} [options.warmupSeconds] before that, 1 by default
 * @param {() => void} [options.onMeasure] called when the warm-up is over
 * @returns {Promise<{ requests: number, failures: number, seconds: number, perSecond: number, p50: number, p99: number,
 *   firstFailure: string | undefined }>}
 *   latencies in milliseconds; a failure is a status of 400 or more
 */
export async function load({
  port,
  host = "127.0.0.1",
  requests,
  connections = 64,
  seconds = 3,
  warmupSeconds = 1,
  onMeasure = () => {},
}) {
  const buffers =
    typeof requests === "function"
      ? Array.from({ length: distinctRequests }, (_unused, index) => requests(index))
      : requests;
  const child = fork(fileURLToPath(new URL("load-child.mjs", import.meta.url)), {
    serialization: "advanced",
    execArgv: [],
  });
  child.send({ host, port, requests: buffers, connections, seconds, warmupSeconds });
  try {
    for (;;) {
      const [message] = await once(child, "message");
      if (message.kind === "measuring") onMeasure();
      else if (message.kind === "error") throw new Error(message.message);
      else return message.result;
    }
  } finally {
    child.kill();
  }
}

/** One HTTP/1.1 request as bytes. */
export function httpRequest({
  method = "POST",
  path = "/",
  host = "127.0.0.1:4566",
  headers = {},
  body = "",
}) {
  const bytes = Buffer.from(body);
  const lines = [`${method} ${path} HTTP/1.1`, `host: ${host}`];
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  if (bytes.length > 0 || method !== "GET") lines.push(`content-length: ${bytes.length}`);
  return Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`), bytes]);
}
