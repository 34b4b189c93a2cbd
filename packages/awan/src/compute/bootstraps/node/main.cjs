/**
 * A Node.js instance. Started generic, as a spare: which function it becomes is told by its first frame. Then one event
 * at a time until the pipe closes. `compute/frames.ts` lists the frames.
 */
/* eslint-disable eslint/no-underscore-dangle, promise/always-return, house/no-ambient-authority -- this is the function's world: its Date is the one it would see */
"use strict";

const { openPipe } = require("./frames.cjs");
const { toResponse, toLog, named } = require("./errors.cjs");
const { patchConsole } = require("./console.cjs");
const { loadHandler } = require("./load.cjs");
const { isStreaming, installGlobal, responseStream } = require("./streaming.cjs");
const { sendResponsesTo } = require("./responses.cjs");
const { installVirtualDate } = require("./virtual-date.cjs");
const { guardAgainstAws } = require("./guard.cjs");
const { Module, enableCompileCache, flushCompileCache } = require("node:module");

const frame = { ready: 1, initError: 2, result: 3, failure: 4, log: 5, prelude: 6, chunk: 7, end: 8 };
const toInstance = { init: 1, invoke: 2, rehearse: 3 };
/** A frame the other end takes no notice of. */
const unheard = 0;

let settings = { logFormat: "Text", logLevel: "INFO" };
let handler;
let event;
let moveDate = () => {};
let whenIdle;
/** While a spare plays a function for itself, what it says is not heard. */
let rehearsal;
let whenRehearsed;
/** What was compiled is to be written down for the next instance, once this one has answered. */
let keepsCode = false;

const socket = openPipe(
  (kind, body) => {
    if (kind === toInstance.rehearse) rehearsal = Promise.resolve().then(rehearse);
    else if (rehearsal !== undefined) void rehearsal.then(() => receive(kind, body));
    else receive(kind, body);
  },
  () => process.exit(0),
);
const pipe = {
  ...socket,
  write: (kind, ...parts) => socket.write(rehearsal === undefined ? kind : unheard, ...parts),
};

function receive(kind, body) {
  if (kind === toInstance.init) void start(JSON.parse(body.toString("utf8")));
  else run(body);
}

let rss = { kb: 0, readAt: -Infinity };
/** Asking the system costs as much as a small event: it is asked at most ten times a second. */
function rssKb() {
  const now = performance.now();
  if (now - rss.readAt > 100) rss = { kb: Math.ceil(process.memoryUsage.rss() / 1024), readAt: now };
  return rss.kb;
}
const emit = (text) => pipe.write(frame.log, text);

/** What every function needs, whichever it is: done while the process waits to become one. */
function prepare() {
  installGlobal();
  patchConsole(
    () => settings,
    () => event?.requestId,
    emit,
  );
  guardAgainstAws();
  process.on("beforeExit", () => {
    const then = whenIdle;
    whenIdle = undefined;
    if (then) then();
  });
  process.on("uncaughtException", (error) => die("Uncaught Exception", error, 129));
  process.on("unhandledRejection", (reason) => {
    const error = named("Runtime.UnhandledPromiseRejection", String(reason));
    error.reason = reason;
    die("Unhandled Promise Rejection", error, 128);
  });
}

/**
 * A spare plays a function and an event once, so that all on the way of the first real event is loaded and compiled: that
 * is most of what a cold start would cost otherwise.
 */
async function rehearse() {
  await start({
    ...settings,
    environment: { ...process.env },
    root: __dirname,
    handler: "warm.handler",
    functionName: "spare",
    functionVersion: "",
    memorySizeMb: 0,
    nowMs: 0,
  });
  const header = JSON.stringify({ requestId: "", invokedArn: "", traceHeader: "", timeoutMs: 0, nowMs: 0 });
  const length = Buffer.alloc(4);
  length.writeUInt32LE(header.length, 0);
  await new Promise((ended) => {
    whenRehearsed = ended;
    run(Buffer.concat([length, Buffer.from(`${header}{}`)]));
  });
  handler = undefined;
  rehearsal = undefined;
}

async function start(init) {
  settings = init;
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, init.environment);
  Module._initPaths();
  process.title = `awan ${init.functionName}`;
  sendResponsesTo(process.env.AWS_ENDPOINT_URL);
  if (init.virtual) moveDate = installVirtualDate();
  if (init.virtual) moveDate(init.nowMs);
  if (init.compileCacheDir && enableCompileCache) {
    enableCompileCache(init.compileCacheDir);
    keepsCode = flushCompileCache !== undefined;
  }
  try {
    process.chdir(init.root);
    handler = await loadHandler(init.root, init.handler);
  } catch (error) {
    flush();
    emit(errorLine("Uncaught Exception", error));
    pipe.write(frame.initError, JSON.stringify({ rss: rssKb(), error: toResponse(error) }));
    return;
  }
  flush();
  pipe.write(frame.ready, JSON.stringify({ rss: rssKb() }));
}

function errorLine(title, error) {
  if (settings.logFormat === "JSON") {
    const { errorType, errorMessage, trace } = toResponse(error);
    return `${JSON.stringify({ timestamp: new Date().toISOString(), level: "ERROR", requestId: event?.requestId, message: { errorType, errorMessage, stackTrace: trace } })}\n`;
  }
  return `${new Date().toISOString()}\t${event?.requestId ?? "undefined"}\tERROR\t${title} \t${toLog(error)}\n`;
}

function die(title, error, exitCode) {
  flush();
  emit(errorLine(title, error));
  if (handler === undefined)
    pipe.write(frame.initError, JSON.stringify({ rss: rssKb(), error: toResponse(error) }));
  else if (event !== undefined) fail(error, true);
  pipe.drained(() => process.exit(exitCode));
}

function flush() {
  process.stdout.awanFlush();
  process.stderr.awanFlush();
}

function fail(error, fatal) {
  event = undefined;
  whenIdle = undefined;
  pipe.write(frame.failure, JSON.stringify({ rss: rssKb(), error: toResponse(error), fatal }));
  pipe.ref();
}

function rssBytes() {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32LE(rssKb(), 0);
  return bytes;
}

/** Ends `own` once: what a handler does after its answer is nobody's business. */
function settle(own, write) {
  if (event !== own) return;
  flush();
  event = undefined;
  whenIdle = undefined;
  write();
  pipe.ref();
  if (rehearsal !== undefined) whenRehearsed();
  if (keepsCode) {
    keepsCode = false;
    setImmediate(() => flushCompileCache());
  }
}

function answer(own, value) {
  if (event !== own) return;
  let json;
  try {
    json = value === undefined ? "null" : (JSON.stringify(value) ?? "null");
  } catch {
    refuse(own, new Error("Unable to stringify response body"));
    return;
  }
  settle(own, () => pipe.write(frame.result, rssBytes(), json));
}

function refuse(own, error) {
  if (event !== own) return;
  flush();
  emit(errorLine("Invoke Error", error));
  fail(error, false);
}

function run(body) {
  const headerLength = body.readUInt32LE(0);
  const own = JSON.parse(body.toString("utf8", 4, 4 + headerLength));
  event = own;
  own.deadline = performance.now() + own.timeoutMs;
  moveDate(own.nowMs);
  process.env._X_AMZN_TRACE_ID = own.traceHeader;
  pipe.unref();
  let input;
  try {
    input = JSON.parse(body.toString("utf8", 4 + headerLength));
  } catch (error) {
    refuse(own, error);
    return;
  }
  try {
    if (isStreaming(handler)) stream(own, input);
    else buffered(own, input);
  } catch (error) {
    refuse(own, error);
  }
}

function buffered(own, input) {
  let waits = true;
  const finish = (error, value) => {
    if (error !== null && error !== undefined) refuse(own, error);
    else if (waits) whenIdle = () => answer(own, value);
    else setImmediate(() => answer(own, value));
  };
  const context = contextOf(own);
  Object.defineProperty(context, "callbackWaitsForEmptyEventLoop", {
    get: () => waits,
    set: (value) => {
      waits = value;
    },
    enumerable: true,
  });
  context.succeed = (value) => finish(null, value);
  context.fail = (error) => finish(error ?? "handled");
  context.done = (error, value) => finish(error, value);
  // A handler that never answers and leaves nothing to wait for has answered null.
  whenIdle = () => answer(own, null);
  const returned = handler(input, context, finish);
  if (returned !== null && typeof returned === "object" && typeof returned.then === "function") {
    returned.then(
      (value) => answer(own, value),
      (error) => refuse(own, error),
    );
  }
}

function stream(own, input) {
  const sink = responseStream({
    prelude: (json) => event === own && pipe.write(frame.prelude, json),
    chunk(bytes, then) {
      if (event === own) pipe.write(frame.chunk, bytes);
      pipe.drained(then);
    },
    end: () => settle(own, () => pipe.write(frame.end, rssBytes())),
  });
  sink.on("error", (error) => refuse(own, error));
  whenIdle = () => settle(own, () => pipe.write(frame.end, rssBytes()));
  const returned = handler(input, sink, contextOf(own));
  if (returned !== null && typeof returned === "object" && typeof returned.then === "function") {
    returned.then(
      () => {
        if (!sink.writableEnded) sink.end();
      },
      (error) => refuse(own, error),
    );
  }
}

function contextOf(own) {
  const context = {
    functionVersion: settings.functionVersion,
    functionName: settings.functionName,
    memoryLimitInMB: String(settings.memorySizeMb),
    logGroupName: settings.environment.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: settings.environment.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: own.clientContext === undefined ? undefined : JSON.parse(own.clientContext),
    identity: own.identity === undefined ? undefined : JSON.parse(own.identity),
    invokedFunctionArn: own.invokedArn,
    awsRequestId: own.requestId,
    getRemainingTimeInMillis: () => Math.max(0, Math.round(own.deadline - performance.now())),
  };
  return context;
}

// What nearly every handler needs is loaded while the spare waits.
for (const name of ["node:https", "node:crypto", "node:zlib", "node:url", "node:stream/promises"])
  require(name);
void import("data:text/javascript,0");
prepare();
