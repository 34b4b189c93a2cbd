/**
 * What a target is sent: the event, a constant, a part of it, or a template filled from it. In a template that is a quoted
 * text, values lose their quotes; elsewhere in JSON they stand as JSON, and inside its strings as bare text.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 */
import { AwsError } from "../../kernel/errors.ts";
import { valueAt } from "./json-path.ts";
import type { BusEvent, TargetRow } from "./keys.ts";

export interface InputContext {
  readonly event: BusEvent;
  readonly ingestedAtMs: number;
  readonly ruleArn: string;
  readonly ruleName: string;
}

const invalidJson = (why: string): AwsError => new AwsError("INVALID_JSON", why);
const placeholder = /<([\w.-]+)>/g;

export const reserved = [
  "aws.events.rule-arn",
  "aws.events.rule-name",
  "aws.events.event",
  "aws.events.event.json",
  "aws.events.event.ingestion-time",
];

export const placeholdersOf = (template: string): readonly string[] =>
  [...template.matchAll(placeholder)].map(([, name = ""]) => name);

/** The text a target gets. Throws an AwsError that no retry helps against. */
export function inputFor(target: TargetRow, context: InputContext): string {
  const { Input, InputPath, InputTransformer } = target;
  if (typeof Input === "string") return Input;
  if (InputTransformer?.InputTemplate !== undefined) {
    const { InputPathsMap = {}, InputTemplate } = InputTransformer;
    return fill(InputTemplate, (name) => {
      const path = Object.hasOwn(InputPathsMap, name) ? InputPathsMap[name] : undefined;
      return path === undefined ? reservedValue(name, context) : valueAt(context.event, path);
    });
  }
  if (typeof InputPath !== "string") return JSON.stringify(context.event);
  const part = valueAt(context.event, InputPath);
  if (part === undefined) throw invalidJson(`The event has nothing at ${InputPath}`);
  return JSON.stringify(part);
}

function reservedValue(name: string, { event, ingestedAtMs, ruleArn, ruleName }: InputContext): unknown {
  const ingestedAt = new Date(ingestedAtMs).toISOString();
  switch (name) {
    case "aws.events.rule-arn":
      return ruleArn;
    case "aws.events.rule-name":
      return ruleName;
    case "aws.events.event.ingestion-time":
      return ingestedAt;
    case "aws.events.event.json":
      return event;
    case "aws.events.event": {
      const { "detail-type": detailType, detail: _detail, time: _time, ...rest } = event;
      return { ...rest, detailType, time: ingestedAt };
    }
    default:
      return undefined;
  }
}

function fill(template: string, valueOf: (name: string) => unknown): string {
  if (template.trimStart().startsWith('"')) {
    return template.replaceAll(placeholder, (_whole, name: string) => bare(valueOf(name)));
  }
  const filled = fillJson(template, valueOf);
  try {
    JSON.parse(filled);
  } catch {
    throw invalidJson("The filled InputTemplate is not valid JSON");
  }
  return filled;
}

/** Objects and lists without any quotes, as AWS writes them into texts. */
function bare(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "object") return JSON.stringify(value).replaceAll('"', "");
  return escaped(value);
}

const escaped = (value: unknown): string =>
  typeof value === "string" ? JSON.stringify(value).slice(1, -1) : JSON.stringify(value);

function fillJson(template: string, valueOf: (name: string) => unknown): string {
  let filled = "";
  let inString = false;
  let i = 0;
  while (i < template.length) {
    const rest = /^<([\w.-]+)>/.exec(template.slice(i));
    if (rest !== null) {
      const value = valueOf(rest[1] ?? "");
      if (inString) filled += value === undefined || value === null ? "" : escaped(value);
      else filled += JSON.stringify(value ?? "");
      i += rest[0].length;
      continue;
    }
    const character = template.charAt(i);
    if (inString && character === "\\") {
      filled += template.slice(i, i + 2);
      i += 2;
      continue;
    }
    if (character === '"') inString = !inString;
    filled += character;
    i += 1;
  }
  return filled;
}
