/**
 * What has to be known before a stack operation can start: the template's text, what its transforms make of it, values
 * of SSM parameters, providers of its types. All of it may need the outside, so it is an effect.
 */
import { AwsError } from "../../kernel/errors.ts";
import type { Scope } from "../../host/call.ts";
import type { EffectContext, Shell } from "../../host/service.ts";
import { giveUpCdkBootstrap } from "../cdk-bootstrap.ts";
import { type Catalog, refuseUnsupported } from "../resources/catalog.ts";
import {
  bindParameters,
  type GivenParameter,
  type ParameterRow,
  parameterValues,
  ssmValueType,
} from "../template/parameters.ts";
import { parseTemplate } from "../template/parse.ts";
import { templateUrlBytesMax } from "../limits.ts";
import { pseudoParameters } from "../template/pseudo.ts";
import { readTemplate, refuseNulls, type Template } from "../template/template.ts";
import { type Dict, isDict, validationError } from "../template/value.ts";
import { fetchParameter } from "./fetch-reference.ts";
import { refuseRole } from "./role.ts";
import { readPolicy } from "./stack-policy.ts";
import { readTemplateUrl } from "./template-url.ts";
import { applyTransforms, declaredTransforms } from "./transforms.ts";

export interface PrepareRequest {
  readonly templateBody: string | null;
  readonly templateUrl: string | null;
  readonly parameters: readonly GivenParameter[];
  readonly previousParameters: readonly ParameterRow[];
  readonly stackName: string;
  readonly stackId: string;
  /** Whether a refusal by a transform is an answer (stacks) or a finding (change sets). */
  readonly keepTransformErrors: boolean;
  /** A stack policy given as text or as an address; checked and answered as text. */
  readonly policyBody?: string | null;
  readonly policyUrl?: string | null;
  /** The same for the time of an update. */
  readonly policyDuringBody?: string | null;
  readonly policyDuringUrl?: string | null;
  readonly roleArn?: string | null;
}

export interface Preparation {
  readonly original: string;
  readonly raw: Dict;
  readonly transforms: readonly string[];
  readonly parameters: readonly ParameterRow[];
  /** Absent when a transform refused. */
  readonly result: { readonly processed: Dict; readonly template: Template } | undefined;
  readonly problem: string | undefined;
  readonly policy: string | null;
  readonly policyDuring: string | null;
}

export async function prepare(
  { shell, scope }: Pick<EffectContext, "shell" | "scope">,
  catalog: Catalog,
  request: PrepareRequest,
): Promise<Preparation> {
  const original = request.templateBody ?? (await readTemplateUrl(shell, scope, request.templateUrl ?? ""));
  refuseSize(original);
  const raw = parseTemplate(original);
  const transforms = declaredTransforms(raw);
  if (transforms.length === 0) {
    refuseNulls(raw);
    readTemplate(raw);
  }
  const declared = isDict(raw["Parameters"]) ? (raw["Parameters"] as Record<string, Dict>) : {};
  const bound = bindParameters(declared, request.parameters, request.previousParameters);
  const parameters = await resolveSsm(shell, scope, bound);
  await refuseRole(shell, scope, request.roleArn ?? null);
  const policy = await readPolicy(shell, scope, request.policyBody, request.policyUrl);
  const policyDuring = await readPolicy(shell, scope, request.policyDuringBody, request.policyDuringUrl);
  const common = { original, raw, transforms, parameters, policy, policyDuring };
  try {
    const processed = await applyTransforms(shell, scope, raw, {
      parameters: parameterValues(parameters),
      pseudoParameters: pseudoOf(scope, request),
      stackName: request.stackName,
      stackId: request.stackId,
    });
    const template = readTemplate(processed);
    await catalog.load(Object.values(template.resources).map(({ type }) => type));
    refuseUnsupported(catalog, template);
    if (template.resources["CdkBootstrapVersion"] !== undefined) await giveUpCdkBootstrap(shell, scope);
    return { ...common, result: { processed, template }, problem: undefined };
  } catch (error) {
    if (!(error instanceof AwsError) || !request.keepTransformErrors || transforms.length === 0) throw error;
    return { ...common, result: undefined, problem: error.message };
  }
}

function refuseSize(text: string): void {
  if (Buffer.byteLength(text) > templateUrlBytesMax) {
    throw validationError(`Template may not exceed ${templateUrlBytesMax} bytes in size.`);
  }
}

const pseudoOf = (scope: Scope, request: PrepareRequest): Record<string, unknown> =>
  pseudoParameters({
    ...scope,
    partition: "aws",
    name: request.stackName,
    id: request.stackId,
    notificationArns: [],
  });

async function resolveSsm(
  shell: Shell,
  scope: Scope,
  rows: readonly ParameterRow[],
): Promise<ParameterRow[]> {
  const missing: string[] = [];
  const resolved = await Promise.all(
    rows.map(async (row) => {
      if (ssmValueType(row.type) === undefined) return row;
      try {
        return { ...row, resolved: await fetchParameter(shell, scope, row.value) };
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        missing.push(row.value);
        return row;
      }
    }),
  );
  if (missing.length > 0) {
    throw validationError(
      `Unable to fetch parameters [${missing.join(",")}] from parameter store for this account.`,
    );
  }
  return resolved;
}
