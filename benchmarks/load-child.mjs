/** The load generator's own process; see `load.mjs`. */
import { connect } from "node:net";

const headEnd = Buffer.from("\r\n\r\n");

process.once("message", (/** @type {any} */ options) => {
  run(options).catch((error) => process.send?.({ kind: "error", message: String(error?.stack ?? error) }));
});

async function run({ host, port, requests, connections, seconds, warmupSeconds }) {
  const state = {
    next: 0,
    measuring: false,
    stopped: false,
    failures: 0,
    firstFailure: undefined,
    count: 0,
    latencies: new Float64Array(4_000_000),
  };
  const buffers = requests.map((request) => Buffer.from(request));
  const running = Array.from({ length: connections }, () => drive({ host, port, buffers, state }));
  const failed = Promise.all(running);
  await Promise.race([failed, sleep(warmupSeconds)]);
  process.send?.({ kind: "measuring" });
  state.measuring = true;
  const startedAt = performance.now();
  await Promise.race([failed, sleep(seconds)]);
  const elapsed = (performance.now() - startedAt) / 1000;
  state.stopped = true;
  const latencies = state.latencies.subarray(0, Math.min(state.count, state.latencies.length)).toSorted();
  const percentile = (share) =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
  const result = {
    requests: state.count,
    failures: state.failures,
    firstFailure: state.firstFailure,
    seconds: elapsed,
    perSecond: Math.round(state.count / elapsed),
    p50: round(percentile(0.5)),
    p99: round(percentile(0.99)),
  };
  process.send?.({ kind: "result", result });
}

/** Keeps one connection busy; rejects when it breaks. */
function drive({ host, port, buffers, state }) {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    let pending;
    let sentAt = 0;
    const send = () => {
      if (state.stopped) {
        socket.destroy();
        resolve();
        return;
      }
      sentAt = performance.now();
      socket.write(buffers[state.next++ % buffers.length]);
    };
    socket.on("connect", send);
    socket.on("error", reject);
    socket.on("close", () =>
      state.stopped ? resolve() : reject(new Error("the server closed a connection")),
    );
    socket.on("data", (chunk) => {
      pending = pending === undefined ? chunk : Buffer.concat([pending, chunk]);
      const status = wholeStatus(pending);
      if (status === undefined) return;
      if (state.measuring && !state.stopped) {
        if (state.count < state.latencies.length) state.latencies[state.count] = performance.now() - sentAt;
        state.count += 1;
      }
      if (status >= 400) {
        state.failures += 1;
        state.firstFailure ??= pending.toString("latin1").slice(0, 2_000);
      }
      pending = undefined;
      send();
    });
  });
}

/** The status of a response that has arrived whole; undefined when more is to come. */
function wholeStatus(bytes) {
  const end = bytes.indexOf(headEnd);
  if (end < 0) return undefined;
  const head = bytes.latin1Slice(0, end).toLowerCase();
  const status = Number(head.slice(9, 12));
  const at = head.indexOf("\r\ncontent-length:");
  if (at >= 0) {
    const size = Number.parseInt(head.slice(at + 17), 10);
    return bytes.length >= end + 4 + size ? status : undefined;
  }
  if (!head.includes("\r\ntransfer-encoding: chunked")) return status;
  return bytes.subarray(-5).latin1Slice() === "0\r\n\r\n" ? status : undefined;
}

function sleep(seconds) {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}

function round(milliseconds) {
  return Math.round(milliseconds * 1000) / 1000;
}
