/**
 * What a function's answer means to an HTTP API. Format 2.0 takes any JSON without `statusCode` as the body of a 200;
 * everything else has to be a well-formed response, or the client reads a 500.
 */
import { gatewayReply, type Reply } from "./exchange.ts";
import { asText } from "./records.ts";

export const internalError: Reply = gatewayReply(500, "Internal Server Error");

export function functionReply(payload: Uint8Array, version: "1.0" | "2.0"): Reply {
  const text = Buffer.from(payload).toString("utf8");
  let answer: unknown;
  try {
    answer = text === "" ? null : JSON.parse(text);
  } catch {
    return internalError;
  }
  if (isObject(answer) && answer["statusCode"] !== undefined && answer["statusCode"] !== null)
    return formed(answer, version);
  if (version === "1.0") return internalError;
  return {
    status: 200,
    headers: { "content-type": "application/json" },
    cookies: [],
    body: typeof answer === "string" ? answer : text === "" ? "null" : text,
  };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function formed(answer: Readonly<Record<string, unknown>>, version: "1.0" | "2.0"): Reply {
  const status = Number(answer["statusCode"]);
  const body = answer["body"] ?? "";
  if (!Number.isInteger(status) || status < 100 || status > 999) return internalError;
  if (typeof body === "object") return internalError;
  const headers: Record<string, string> = {};
  const cookies: string[] = [];
  const add = (name: string, values: readonly unknown[]): void => {
    const lower = name.toLowerCase();
    if (lower === "set-cookie") cookies.push(...values.map(String));
    else headers[lower] = values.map(String).join(",");
  };
  if (isObject(answer["headers"])) {
    for (const [name, value] of Object.entries(answer["headers"])) {
      if (typeof value === "object" && value !== null) return internalError;
      if (value !== null) add(name, [value]);
    }
  }
  if (version === "1.0" && isObject(answer["multiValueHeaders"])) {
    for (const [name, values] of Object.entries(answer["multiValueHeaders"]))
      if (Array.isArray(values)) add(name, values);
  }
  if (version === "2.0" && Array.isArray(answer["cookies"])) cookies.push(...answer["cookies"].map(String));
  const text = asText(body);
  headers["content-type"] ??= "text/plain;charset=UTF-8";
  return {
    status,
    headers,
    cookies,
    body: answer["isBase64Encoded"] === true ? Buffer.from(text, "base64") : text,
  };
}
