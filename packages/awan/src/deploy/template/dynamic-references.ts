/** `{{resolve:service:reference}}` inside property values: found here, fetched by whoever can wait. */
import { isDict } from "./value.ts";

export interface DynamicReference {
  readonly text: string;
  readonly service: "ssm" | "ssm-secure" | "secretsmanager";
  readonly reference: string;
}

const pattern = /\{\{resolve:(ssm|ssm-secure|secretsmanager):([^{}]+)\}\}/g;

export function* dynamicReferences(value: unknown): Generator<DynamicReference, void> {
  if (typeof value === "string") {
    for (const match of value.matchAll(pattern)) {
      yield {
        text: match[0],
        service: match[1] as DynamicReference["service"],
        reference: match[2] as string,
      };
    }
  } else if (Array.isArray(value)) {
    for (const item of value) yield* dynamicReferences(item);
  } else if (isDict(value)) {
    for (const member of Object.values(value)) yield* dynamicReferences(member);
  }
}

/** `value` with each reference replaced by what `values` holds for its text. */
export function replaceDynamicReferences(value: unknown, values: ReadonlyMap<string, string>): unknown {
  if (typeof value === "string") {
    return value.includes("{{resolve:") ? value.replace(pattern, (text) => values.get(text) ?? text) : value;
  }
  if (Array.isArray(value)) return value.map((item) => replaceDynamicReferences(item, values));
  if (!isDict(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, replaceDynamicReferences(member, values)]),
  );
}

/** A Secrets Manager reference: `secret-id:SecretString:json-key:version-stage:version-id`; the id may be an ARN. */
export function parseSecretReference(reference: string): {
  readonly secretId: string;
  readonly jsonKey: string | undefined;
  readonly versionStage: string | undefined;
  readonly versionId: string | undefined;
} {
  const parts = reference.split(":");
  const idLength = reference.startsWith("arn:") ? 7 : 1;
  const [, jsonKey, versionStage, versionId] = parts.slice(idLength);
  return {
    secretId: parts.slice(0, idLength).join(":"),
    jsonKey: given(jsonKey),
    versionStage: given(versionStage),
    versionId: given(versionId),
  };
}

const given = (text: string | undefined): string | undefined =>
  text === undefined || text === "" ? undefined : text;
