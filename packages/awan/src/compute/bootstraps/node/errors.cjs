/** How AWS's Node.js runtime describes what a handler threw: once for the caller, once for the log. */
"use strict";

const { types } = require("node:util");

const isError = (value) =>
  types.isNativeError(value) || (value && value.name && value.message && value.stack) !== undefined;

exports.named = function named(name, message) {
  const error = new Error(message);
  error.name = name;
  return error;
};

/** `{errorType, errorMessage, trace}`, as the caller sees it. */
exports.toResponse = function toResponse(thrown) {
  if (thrown === null || thrown === undefined || !isError(thrown)) {
    return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
  }
  return {
    errorType: String(thrown.name),
    errorMessage: String(thrown.message),
    trace: String(thrown.stack ?? "").split("\n"),
  };
};

/** The same with the error's own members, as the log shows it. */
exports.toLog = function toLog(thrown) {
  if (thrown === null || thrown === undefined || !isError(thrown)) {
    return JSON.stringify({ errorType: typeof thrown, errorMessage: String(thrown), stack: [] });
  }
  const seen = new Set();
  const plain = { errorType: thrown.name, errorMessage: thrown.message, ...thrown };
  plain.stack = String(thrown.stack ?? "").split("\n");
  return JSON.stringify(plain, (_key, value) => {
    if (typeof value === "bigint") return String(value);
    if (value === null || typeof value !== "object") return value;
    if (seen.has(value)) return "[Circular]";
    seen.add(value);
    return types.isNativeError(value)
      ? {
          errorType: value.name,
          errorMessage: value.message,
          ...value,
          stack: String(value.stack ?? "").split("\n"),
        }
      : value;
  });
};
