/** SAM's policy templates: a name and parameter values become a policy document. */
import type { Dict } from "../template/value.ts";
import { policyTemplateLines } from "./policy-template-lines.ts";

const statementPattern = /^(.*?) @ (.*?)(?: if (\S+) = (.*))?$/;
const variablePattern = /\{(\w+)=(\w+)\}/g;

export const isPolicyTemplate = (name: string): boolean => Object.hasOwn(policyTemplateLines, name);

/** Names of the parameters a template has. */
export function policyTemplateParameters(name: string): string[] {
  const line = policyTemplateLines[name] ?? "";
  return [...new Set([...line.matchAll(variablePattern)].map((match) => match[2] as string))];
}

export function policyFromTemplate(name: string, values: Dict): Dict {
  const statements = (policyTemplateLines[name] ?? "").split(" ; ").map((line) => statementOf(line, values));
  return { Statement: statements };
}

function statementOf(line: string, values: Dict): Dict {
  const [, actions = "", resources = "", key, wanted = ""] = statementPattern.exec(line) ?? [];
  const list = resources.startsWith("[] ") ? resources.slice(3).split(" ") : undefined;
  return {
    Action: actions.startsWith("=") ? actions.slice(1) : actions.split(" "),
    Effect: "Allow",
    Resource:
      list === undefined ? resourceOf(resources, values) : list.map((item) => resourceOf(item, values)),
    ...(key === undefined ? {} : { Condition: { StringEquals: { [key]: resourceOf(wanted, values) } } }),
  };
}

function resourceOf(text: string, values: Dict): unknown {
  if (text === "*") return text;
  const plain = text.startsWith("!");
  const variables: Dict = {};
  const arn = (plain ? text.slice(1) : text)
    .replace("~", "arn:${AWS::Partition}:")
    .replace("%", "${AWS::Region}:${AWS::AccountId}")
    .replace(variablePattern, (_all, variable: string, parameter: string) => {
      variables[variable] = values[parameter];
      return `\${${variable}}`;
    });
  return { "Fn::Sub": plain ? arn : [arn, variables] };
}
