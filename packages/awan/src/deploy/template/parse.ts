/**
 * Template text to plain data. YAML's short forms (`!Ref`, `!GetAtt a.b`, `!Sub`, …) become their long forms, so that
 * nothing later knows how a template was written. Dates stay the text they were.
 */
import { type CollectionTag, parseDocument, type ScalarTag, YAMLMap, type YAMLParseError } from "yaml";
import { type Dict, isDict, validationError } from "./value.ts";

const shortForms = [
  "Base64",
  "Cidr",
  "FindInMap",
  "GetAZs",
  "ImportValue",
  "Join",
  "Select",
  "Split",
  "Sub",
  "Transform",
  "And",
  "Equals",
  "If",
  "Not",
  "Or",
  "Contains",
  "EachMemberEquals",
  "EachMemberIn",
  "RefAll",
  "ValueOf",
  "ValueOfAll",
  "ForEach",
  "Length",
  "ToJsonString",
  "GetStackOutput",
];

const longName = (name: string): string => (name === "Ref" || name === "Condition" ? name : `Fn::${name}`);

const getAttText = (text: string): unknown => {
  const dot = text.indexOf(".");
  return dot === -1 ? text : [text.slice(0, dot), text.slice(dot + 1)];
};

const scalarTag = (name: string): ScalarTag => ({
  tag: `!${name}`,
  identify: () => false,
  resolve: (text) => ({ [longName(name)]: name === "GetAtt" ? getAttText(text) : text }),
});

const wrapped = (name: string, node: unknown): YAMLMap => {
  const map = new YAMLMap();
  map.set(longName(name), node);
  return map;
};

const sequenceTag = (name: string): CollectionTag => ({
  tag: `!${name}`,
  collection: "seq",
  identify: () => false,
  resolve: (node) => wrapped(name, node),
});

const mapTag = (name: string): CollectionTag => ({
  tag: `!${name}`,
  collection: "map",
  identify: () => false,
  resolve: (node) => wrapped(name, node),
});

const tags = ["Ref", "Condition", "GetAtt", ...shortForms].flatMap((name) => [
  scalarTag(name),
  sequenceTag(name),
  mapTag(name),
]);

/** YAML 1.1's timestamps and base-60 numbers are text in templates. */
const timestamp: ScalarTag = {
  tag: "tag:yaml.org,2002:timestamp",
  default: true,
  test: /^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}$/,
  identify: () => false,
  resolve: (text) => text,
};

/** What the library takes for booleans and numbers and AWS for text: `AttributeType: N`, `!Join [., …]`, `E3002`. */
const plainText: ScalarTag = {
  tag: "tag:yaml.org,2002:str",
  default: true,
  test: /^(?:[YyNn]|(?=.)[-+]?\.?(?:[eE][-+]?[0-9]+)?)$/,
  identify: () => false,
  resolve: (text) => text,
};

/** @throws AwsError ValidationError "Template format error: …" */
export function parseTemplate(text: string): Dict {
  const trimmed = text.trimStart();
  const value = trimmed.startsWith("{") ? parseJson(text) : parseYaml(text);
  if (!isDict(value)) throw validationError("Template format error: unsupported structure.");
  return value;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    // A YAML flow mapping also starts with a brace.
    const document = readYaml(text);
    if (document.errors.length === 0) return document.toJS({ maxAliasCount: 1000 }) as unknown;
    const position = /position (\d+)/.exec(error instanceof Error ? error.message : "");
    const { line, column } = lineAndColumn(text, position === null ? text.length : Number(position[1]));
    throw validationError(`Template format error: JSON not well-formed. (line ${line}, column ${column})`);
  }
}

function parseYaml(text: string): unknown {
  const document = readIndented(text);
  const error = document.errors[0];
  if (error !== undefined) {
    if (error.code === "DUPLICATE_KEY") {
      throw validationError(`Template format error: YAML not well-formed. ${position(error.linePos)}`);
    }
    throw validationError(`Template format error: YAML not well-formed. ${position(error.linePos)}`);
  }
  return document.toJS({ maxAliasCount: 1000 }) as unknown;
}

/**
 * AWS's parser does not mind how the lines inside brackets, braces and quotes are indented; ours takes only those far
 * enough to the right, and that is where they are put, where they mean the same.
 */
function readIndented(text: string): ReturnType<typeof parseDocument> {
  const lines = text.split("\n");
  const original = readYaml(text);
  let document = original;
  let last = 0;
  for (let attempts = 0; document.errors.length > 0 && attempts < 100; attempts++) {
    const line = lineToIndent(document.errors[0] as YAMLParseError);
    // Not a line further on: it is wrong for another reason.
    if (line <= last || line > lines.length) return original;
    last = line;
    lines[line - 1] = " ".repeat(200) + lines[line - 1];
    document = readYaml(lines.join("\n"));
  }
  return document.errors.length > 0 ? original : document;
}

function lineToIndent({ code, message, linePos }: YAMLParseError): number {
  const line = linePos?.[0].line ?? 0;
  if (code === "BAD_INDENT") return line;
  return code === "MISSING_CHAR" && message.startsWith("Missing closing") ? line + 1 : 0;
}

function readYaml(text: string): ReturnType<typeof parseDocument> {
  return parseDocument(text, {
    version: "1.1",
    merge: true,
    uniqueKeys: false,
    stringKeys: true,
    logLevel: "silent",
    customTags: (standard) => [
      plainText,
      ...standard.filter(
        (tag) =>
          typeof tag === "string" ||
          !("test" in tag) ||
          !(tag.tag.endsWith(":timestamp") || ("format" in tag && tag.format === "TIME")),
      ),
      timestamp,
      ...tags,
    ],
  });
}

const position = (at: readonly [{ line: number; col: number }, ...unknown[]] | undefined): string =>
  `(line ${at?.[0].line ?? 1}, column ${at?.[0].col ?? 1})`;

function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split("\n");
  // AWS's parser counts what it could not take, too.
  return { line: before.length, column: (before.at(-1) ?? "").length + 2 };
}
