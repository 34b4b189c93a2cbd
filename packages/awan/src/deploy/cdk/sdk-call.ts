/**
 * `AwsCustomResource`: an API call at creation, update or deletion, whose answer's members are the resource's attributes.
 * What names a service Awan has by another name than SDKs do goes to the function itself.
 */
import { AwsError } from "../../kernel/errors.ts";
import { serviceIndex } from "../../model/service-model.ts";
import { coerceInput } from "../stack/coerce.ts";
import { type Dict, isDict, scalarText, textOf } from "../template/value.ts";
import type { Helper, HelperEvent } from "./helper.ts";

interface SdkCall {
  readonly service: string;
  readonly action: string;
  readonly parameters?: Dict;
  readonly physicalResourceId?: { readonly id?: string; readonly responsePath?: string };
  readonly outputPath?: string;
  readonly outputPaths?: readonly string[];
  readonly ignoreErrorCodesMatching?: string;
  readonly region?: string;
}

export const sdkCall: Helper = async (event) => {
  const asked = callOf(event.properties[event.requestType]);
  const known = event.physicalId ?? callOf(event.properties["Create"])?.physicalResourceId?.id;
  if (asked === undefined) return { physicalId: known ?? event.logicalId, attributes: {} };
  const service = serviceNamed(asked.service);
  if (service === undefined) return undefined;
  const answer = flat(await answerOf(event, service, asked, known));
  const { id, responsePath } = asked.physicalResourceId ?? {};
  const physicalId = id ?? (responsePath === undefined ? known : scalarText(answer[responsePath]));
  return { physicalId: physicalId ?? event.logicalId, attributes: chosen(answer, asked) };
};

function callOf(value: unknown): SdkCall | undefined {
  if (typeof value === "string" && value !== "") return JSON.parse(value) as SdkCall;
  return isDict(value) ? (value as unknown as SdkCall) : undefined;
}

async function answerOf(
  { shell, scope }: HelperEvent,
  service: string,
  asked: SdkCall,
  physicalId: string | undefined,
): Promise<Dict> {
  const operation = asked.action.replace(/Command$/, "").replace(/^[a-z]/, (letter) => letter.toUpperCase());
  const input = coerceInput(service, operation, decoded(asked.parameters ?? {}, physicalId) as Dict);
  const region = asked.region === undefined ? scope : { ...scope, region: asked.region };
  try {
    return await shell.invoke(service, operation, input, region);
  } catch (error) {
    const ignored = asked.ignoreErrorCodesMatching;
    if (error instanceof AwsError && ignored !== undefined && new RegExp(ignored).test(error.code)) return {};
    throw error;
  }
}

const plain = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]/g, "");

/** SSM, ssm, CognitoIdentityServiceProvider, @aws-sdk/client-cloudwatch-logs: as any version of the SDK says it. */
function serviceNamed(name: string): string | undefined {
  const wanted = plain(name.replace(/^@aws-sdk\/client-/, ""));
  const old = formerNames[wanted] ?? wanted;
  return serviceIndex().find(
    (entry) => plain(entry.client.replace(/@[\d.]+$/, "")) === old || plain(entry.name) === old,
  )?.name;
}

/** What version 2 of the SDK called differently. */
const formerNames: Readonly<Record<string, string>> = {
  cloudwatchevents: "eventbridge",
  cognitoidentityserviceprovider: "cognitoidentityprovider",
  stepfunctions: "sfn",
  elbv2: "elasticloadbalancingv2",
};

/** CDK's marks for booleans and for the resource's own id. */
function decoded(value: unknown, physicalId: string | undefined): unknown {
  if (Array.isArray(value)) return value.map((each) => decoded(each, physicalId));
  if (isDict(value))
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, decoded(each, physicalId)]));
  if (value === "TRUE:BOOLEAN") return true;
  if (value === "FALSE:BOOLEAN") return false;
  return value === "PHYSICAL:RESOURCEID:" ? physicalId : value;
}

/** `{ a: [{ b: 1 }] }` → `{ "a.0.b": "1" }`. */
function flat(value: unknown, path = "", into: Dict = {}): Dict {
  if (value instanceof Uint8Array) into[path] = Buffer.from(value).toString("utf8");
  else if (typeof value === "object" && value !== null && !(value instanceof Date)) {
    for (const [key, each] of Object.entries(value)) flat(each, path === "" ? key : `${path}.${key}`, into);
  } else if (value !== undefined) into[path] = value instanceof Date ? value.toISOString() : textOf(value);
  return into;
}

function chosen(answer: Dict, { outputPath, outputPaths }: SdkCall): Dict {
  const paths = outputPaths ?? (outputPath === undefined ? undefined : [outputPath]);
  if (paths === undefined) return answer;
  return Object.fromEntries(
    Object.entries(answer).filter(([key]) =>
      paths.some((path) => key === path || key.startsWith(`${path}.`)),
    ),
  );
}
