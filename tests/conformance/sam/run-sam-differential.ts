/**
 * Random SAM templates, transformed here and by AWS's translator: `CONF_SAM_PY=PYTHON npx tsx --conditions awan/source
 * tests/conformance/sam/run-sam-differential.ts [COUNT] [SEED]`, PYTHON being an interpreter that has aws-sam-translator.
 * Prints every template that they disagree about, smallest first.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import * as fc from "fast-check";
import { transformServerless } from "../../../packages/awan/src/deploy/sam/transform.ts";
import { AwsError } from "../../../packages/awan/src/kernel/errors.ts";
import { arbitraryTemplate } from "./arbitrary-template.ts";
import { normalized } from "./normalized.ts";

interface Outcome {
  readonly template?: unknown;
  readonly refusal?: string;
  readonly crash?: string;
}

const applications = (): string => "https://example.com/template";

function ours(template: Record<string, unknown>): Outcome {
  try {
    // Numbers of templates that come as JSON have no decimals.
    const text = JSON.stringify(template);
    return {
      template: transformServerless(template, {
        parameters: {},
        region: "us-east-1",
        applications,
        text,
        nowMs: 0,
      }),
    };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { refusal: error.message };
  }
}

/** What differs, or undefined. Where the translator itself fails, a refusal is all that is asked. */
function difference(mine: Outcome, theirs: Outcome): string | undefined {
  if (theirs.crash !== undefined)
    return mine.refusal === undefined ? `should fail: ${theirs.crash}` : undefined;
  if (theirs.refusal !== undefined) {
    // Text of Python 2, which the translator keeps to, is quoted as u'…'.
    const wanted = theirs.refusal.replaceAll(/\bu'([^']*)'/g, "'$1'");
    return mine.refusal?.includes(wanted) === true
      ? undefined
      : `refused with ${mine.refusal ?? "nothing"}\n  instead of ${wanted}`;
  }
  if (mine.refusal !== undefined) return `refused with ${mine.refusal}`;
  const [made, wanted] = [mine.template, theirs.template].map((each) => JSON.stringify(normalized(each)));
  return made === wanted ? undefined : `made ${made}\n  instead of ${wanted}`;
}

const python = process.env["CONF_SAM_PY"];
if (python === undefined) throw new Error("CONF_SAM_PY does not name a Python that has aws-sam-translator");
const [count = "1000", seed = "1"] = process.argv.slice(2);
const templates = fc.sample(arbitraryTemplate, { numRuns: Number(count), seed: Number(seed) });
const oracle = spawnSync(python, [fileURLToPath(new URL("translate.py", import.meta.url))], {
  input: JSON.stringify(templates),
  encoding: "utf8",
  maxBuffer: 1024 ** 3,
});
if (oracle.status !== 0) throw new Error(oracle.stderr);
const outcomes = JSON.parse(oracle.stdout) as readonly Outcome[];
const differing = templates.flatMap((template, index) => {
  const theirs = outcomes[index] ?? {};
  // Parts that the generator used twice become two, as in the oracle's input.
  const what = difference(ours(JSON.parse(JSON.stringify(template)) as Record<string, unknown>), theirs);
  return what === undefined ? [] : [{ template: JSON.stringify(template), what }];
});
for (const { template, what } of differing.toSorted((a, b) => a.template.length - b.template.length)) {
  console.log(`${template}\n  ${what}\n`);
}
const refused = outcomes.filter(({ refusal }) => refusal !== undefined).length;
const crashed = outcomes.filter(({ crash }) => crash !== undefined).length;
console.log(
  `${differing.length} differ of ${count} templates (${refused} refused, ${crashed} crash the translator)`,
);
