/**
 * Custom resources answer CloudFormation at a URL. CDK's provider framework and AWS's `cfn-response` take only host and
 * path from it and send to port 443: here such a request goes to where the URL really points.
 */
"use strict";

const http = require("node:http");
const https = require("node:https");
const { syncBuiltinESMExports } = require("node:module");

const path = "/_awan/cloudformation/response/";

exports.sendResponsesTo = function sendResponsesTo(endpoint) {
  if (!endpoint) return;
  const { hostname, port, protocol } = new URL(endpoint);
  if (protocol !== "http:") return;
  const { request } = https;
  https.request = function requestOrAnswer(...args) {
    const [first, second] = args;
    const options = typeof first === "string" || first instanceof URL ? urlOptions(first, second) : first;
    const isAnswer =
      options !== null &&
      typeof options === "object" &&
      (options.hostname ?? options.host) === hostname &&
      String(options.path).startsWith(path);
    if (!isAnswer) return request.apply(this, args);
    const then = args.find((arg) => typeof arg === "function");
    return http.request({ ...options, protocol, host: hostname, hostname, port, agent: undefined }, then);
  };
  syncBuiltinESMExports();
};

function urlOptions(text, more) {
  const { hostname, pathname, search } = new URL(text);
  return { hostname, path: `${pathname}${search}`, ...(typeof more === "object" ? more : {}) };
}
