/**
 * `console` as AWS's Node.js runtime patches it: one log message a call, tab-separated text or JSON. What is written to
 * stdout and stderr directly becomes a message a line.
 */
/* eslint-disable house/no-ambient-authority -- this is the function's world: its Date is the one it would see */
"use strict";

const { format, types } = require("node:util");

const levels = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];
const methods = {
  trace: "TRACE",
  debug: "DEBUG",
  log: "INFO",
  info: "INFO",
  warn: "WARN",
  error: "ERROR",
  fatal: "FATAL",
};

/**
 * `settings()`: {logFormat, logLevel}; `current()`: the running request's id or undefined; `emit(text)`: one message.
 */
exports.patchConsole = function patchConsole(settings, current, emit) {
  const log = (level, args) => {
    const { logFormat, logLevel } = settings();
    const isJson = logFormat === "JSON";
    if (isJson && levels.indexOf(level) < levels.indexOf(logLevel)) return;
    emit(isJson ? toJson(level, args, current()) : toText(level, args, current()));
  };
  for (const [method, level] of Object.entries(methods)) console[method] = (...args) => log(level, args);
  console.dir = (value) => log("INFO", [value]);
  for (const name of ["stdout", "stderr"]) patchStream(process[name], emit);
};

function patchStream(stream, emit) {
  let rest = "";
  stream.write = (chunk, encoding, callback) => {
    const text = rest + (typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8"));
    const lines = text.split("\n");
    rest = lines.pop();
    for (const line of lines) emit(`${line}\n`);
    const done = typeof encoding === "function" ? encoding : callback;
    if (done) process.nextTick(done);
    return true;
  };
  /** What was written without a line's end, once the event is over. */
  stream.awanFlush = () => {
    if (rest !== "") emit(rest);
    rest = "";
  };
}

function toText(level, args, requestId) {
  return `${new Date().toISOString()}\t${requestId ?? "undefined"}\t${level}\t${format(...args)}\n`;
}

function toJson(level, args, requestId) {
  const line = { timestamp: new Date().toISOString(), level };
  if (requestId !== undefined) line.requestId = requestId;
  if (args.length === 1) {
    line.message = args[0];
    try {
      return `${JSON.stringify(line, errorsToo)}\n`;
    } catch {
      line.message = format(args[0]);
      return `${JSON.stringify(line)}\n`;
    }
  }
  line.message = format(...args);
  for (const arg of args) {
    if (!types.isNativeError(arg)) continue;
    Object.assign(line, describe(arg));
    break;
  }
  return `${JSON.stringify(line)}\n`;
}

const describe = (error) => ({
  errorType: error.name,
  errorMessage: error.message,
  stackTrace: String(error.stack ?? "").split("\n"),
});

const errorsToo = (_key, value) => (types.isNativeError(value) ? { ...value, ...describe(value) } : value);
