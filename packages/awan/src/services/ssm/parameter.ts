/** Parameters by name, version, label or ARN, and the forms in which they are answered. */
import type { Parameter } from "@aws-sdk/client-ssm";
import { createHash } from "node:crypto";
import type { Call } from "../../host/call.ts";
import { formatArn } from "../../kernel/arn.ts";
import { AwsError } from "../../kernel/errors.ts";
import { parameterNotFound, validation, versionNotFound } from "./errors.ts";
import { labels, parameters, type ParameterRow, type VersionRow, versions } from "./keys.ts";
import { publicParameter } from "./public-parameters.ts";
import { checkReadName } from "./validation.ts";

export interface Found {
  readonly name: string;
  readonly version: number;
  readonly row: VersionRow;
  /** `:3` or `:label`, as asked. */
  readonly selector: string | undefined;
  /** Of a secret: what Secrets Manager says of it. */
  readonly source?: string;
}

export function parameterArn(call: Call, name: string): string {
  const resource = `parameter${name.startsWith("/") ? "" : "/"}${name}`;
  const isPublic = name.startsWith("/aws/service/");
  return formatArn({
    service: "ssm",
    region: call.region,
    accountId: isPublic ? "" : call.accountId,
    resource,
  });
}

/** A name of one level is the same parameter with a leading slash and without; rows have it without. */
export const storedName = (name: string): string => name.replace(/^\/([^/]*)$/, "$1");

/** The name an ARN stands for. */
export function nameOf(identifier: string): string {
  const resource = /^arn:[^:]+:ssm:[^:]*:\d*:parameter(\/.*)$/.exec(identifier)?.[1];
  if (resource === undefined) return identifier;
  const [name = "", ...selector] = resource.split(":");
  return [storedName(name), ...selector].join(":");
}

export function findParameter(call: Call, name: string): ParameterRow {
  const row = parameters.get(call.tx, [storedName(name)]);
  if (row === undefined) throw parameterNotFound();
  return row;
}

const secretPrefix = "/aws/reference/secretsmanager/";

/** A secret read as a parameter: its value, with what the secret itself says in `SourceResult`. */
function findSecret(call: Call, name: string, selector: string | undefined): Found {
  const secretId = name.slice(secretPrefix.length);
  const secret = call.ports.secretsmanager.secret(call, {
    secretId,
    ...(selector === undefined
      ? {}
      : selector.startsWith("AWS")
        ? { stage: selector }
        : { versionId: selector }),
  });
  if (secret === undefined) throw new AwsError("ParameterNotFound", `Secret ${name} not found.`);
  const row: VersionRow = {
    type: "SecureString",
    value: secret.text ?? "",
    keyId: null,
    description: null,
    allowedPattern: null,
    dataType: "text",
    tier: "Standard",
    policies: [],
    modifiedAtMs: secret.createdAtMs,
    modifiedBy: "",
  };
  const source = {
    ARN: secret.arn,
    name: secret.name,
    versionId: secret.versionId,
    secretString: secret.text,
    versionStages: secret.stages,
    createdDate: new Date(secret.createdAtMs).toISOString(),
  };
  return { name, version: 0, row, selector: undefined, source: JSON.stringify(source) };
}

/** What `name`, `name:3` or `name:label` stands for. Throws ParameterNotFound or ParameterVersionNotFound. */
export function find(call: Call, identifier: string): Found {
  const parts = nameOf(identifier).split(":");
  if (parts.length > 2)
    throw validation(
      "Invalid parameter name. Please use correct syntax for referencing a version/label  <name>:<version/label>",
    );
  const [name = "", selector] = parts;
  if (name.startsWith(secretPrefix)) return findSecret(call, name, selector);
  checkReadName(name);
  const stored = storedName(name);
  const parameter = parameters.get(call.tx, [stored]);
  if (parameter === undefined) {
    const known = publicParameter(call, name);
    if (known === undefined) throw parameterNotFound();
    return { name, version: 1, row: known, selector: undefined };
  }
  if (selector === undefined) return found(call, name, parameter.latestVersion, undefined);
  if (/^\d+$/.test(selector)) {
    const version = Number(selector);
    if (!versions.has(call.tx, [stored, version])) {
      throw versionNotFound(
        `Systems Manager could not find version ${version} of ${name}. Verify the version and try again.`,
      );
    }
    return found(call, name, version, `:${selector}`);
  }
  const labelled = labels.get(call.tx, [stored, selector]);
  if (labelled === undefined) {
    throw versionNotFound(
      `Systems Manager could not find label ${selector} of parameter ${name}. Verify the label and try again.`,
    );
  }
  return found(call, name, labelled, `:${selector}`);
}

const found = (call: Call, name: string, version: number, selector: string | undefined): Found => ({
  name,
  version,
  row: versions.get(call.tx, [storedName(name), version]) as VersionRow,
  selector,
});

/** Stands for the ciphertext: who does not ask for decryption must not be able to read the value. */
export const opaque = (name: string, row: VersionRow): string =>
  `AQICAH${createHash("sha512").update(`${row.keyId}\0${name}\0${row.value}`).digest("base64")}`;

export const valueOf = (name: string, row: VersionRow, decrypt: boolean): string =>
  row.type === "SecureString" && !decrypt ? opaque(name, row) : row.value;

export function parameterRecord(
  call: Call,
  { name, version, row, selector, source }: Found,
  decrypt: boolean,
): Parameter {
  return {
    Name: name,
    Type: row.type,
    Value: valueOf(name, row, decrypt),
    Version: version,
    ...(selector === undefined ? {} : { Selector: selector }),
    ...(source === undefined ? {} : { SourceResult: source }),
    LastModifiedDate: new Date(row.modifiedAtMs),
    ARN: parameterArn(call, name),
    DataType: row.dataType,
  };
}
