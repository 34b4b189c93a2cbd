/** `awslambda`: streamed answers, as AWS's Node.js runtime offers them as a global. */
"use strict";

const { Writable } = require("node:stream");

const streaming = Symbol.for("aws.lambda.runtime.handler.streaming");
const prelude = Symbol("prelude");

exports.isStreaming = (handler) => handler[streaming] === "response";

exports.installGlobal = function installGlobal() {
  globalThis.awslambda = {
    ...globalThis.awslambda,
    streamifyResponse(handler, options) {
      handler[streaming] = "response";
      if (options && options.highWaterMark !== undefined)
        handler[Symbol.for("aws.lambda.runtime.handler.streaming.highWaterMark")] = options.highWaterMark;
      return handler;
    },
    HttpResponseStream: {
      from(stream, metadata) {
        stream.setContentType("application/vnd.awslambda.http-integration-response");
        stream[prelude](JSON.stringify(metadata));
        return stream;
      },
    },
  };
};

/** The stream a streaming handler writes to; `sink`: {prelude(json), chunk(bytes, then), end()}. */
exports.responseStream = function responseStream(sink) {
  const stream = new Writable({
    write(chunk, encoding, callback) {
      sink.chunk(typeof chunk === "string" ? Buffer.from(chunk, encoding) : Buffer.from(chunk), callback);
    },
    final(callback) {
      sink.end();
      callback();
    },
  });
  const write = stream.write.bind(stream);
  stream.write = (chunk, ...rest) =>
    write(typeof chunk === "string" || chunk instanceof Uint8Array ? chunk : JSON.stringify(chunk), ...rest);
  stream.setContentType = (type) => {
    stream.contentType = type;
  };
  stream[prelude] = (json) => sink.prelude(json);
  return stream;
};
