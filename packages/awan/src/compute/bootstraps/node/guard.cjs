/** No call of a function may reach the real AWS by accident: its host names do not resolve in here. */
"use strict";

const dns = require("node:dns");

const real = /(?:^|\.)(?:amazonaws\.com(?:\.cn)?|api\.aws|on\.aws)$/i;

const refuse = (hostname) => {
  const error = new Error(
    `Awan keeps functions from the real AWS: ${hostname} does not resolve here. Use AWS_ENDPOINT_URL (${process.env.AWS_ENDPOINT_URL}), as the AWS SDKs do by themselves.`,
  );
  error.code = "ENOTFOUND";
  error.hostname = hostname;
  return error;
};

exports.guardAgainstAws = function guardAgainstAws() {
  const lookup = dns.lookup;
  dns.lookup = function guarded(hostname, options, callback) {
    if (typeof hostname !== "string" || !real.test(hostname))
      return lookup.call(dns, hostname, options, callback);
    const done = typeof options === "function" ? options : callback;
    process.nextTick(done, refuse(hostname));
    return {};
  };
  const promised = dns.promises.lookup;
  dns.promises.lookup = (hostname, options) =>
    typeof hostname === "string" && real.test(hostname)
      ? Promise.reject(refuse(hostname))
      : promised.call(dns.promises, hostname, options);
};
