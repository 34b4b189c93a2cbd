/** Policy templates in `Policies` become the statements they stand for. */
import { type Dict, isDict } from "../../template/value.ts";
import { InvalidResource } from "../errors.ts";
import { isIf, isNoValue } from "../intrinsics.ts";
import { policiesOf } from "../policies.ts";
import { isPolicyTemplate, policyFromTemplate, policyTemplateParameters } from "../policy-templates.ts";
import { byteStrings } from "../python/byte-string.ts";
import { printed } from "../python/text.ts";

/** `Policies` with templates replaced. @throws InvalidResource for wrong or missing parameters. */
export function expandPolicyTemplates(logicalId: string, properties: Dict): void {
  const policies = policiesOf(properties["Policies"], isPolicyTemplate);
  if (policies.length === 0) return;
  properties["Policies"] = policies.map(({ data, kind }) => {
    if (kind !== "template") return data;
    if (!isIf(data)) return expand(logicalId, data as Dict);
    const [condition, then, otherwise] = data["Fn::If"] as unknown[];
    const part = (value: unknown): unknown => (isNoValue(value) ? value : expand(logicalId, value as Dict));
    return { "Fn::If": [condition, part(then), part(otherwise)] };
  });
}

function expand(logicalId: string, policy: Dict): unknown {
  const [name = "", values] = Object.entries(policy)[0] ?? [];
  if (!isDict(values)) {
    throw new InvalidResource(logicalId, `Must specify valid parameter values for policy template '${name}'`);
  }
  const missing = policyTemplateParameters(name).filter((parameter) => !(parameter in values));
  if (missing.length > 0) {
    throw new InvalidResource(
      logicalId,
      `Following required parameters of template '${name}' don't have values: ${printed(byteStrings(missing))}`,
    );
  }
  return policyFromTemplate(name, values);
}
