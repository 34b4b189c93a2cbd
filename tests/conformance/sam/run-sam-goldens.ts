/**
 * The SAM transform against the goldens of AWS's translator, in its three partitions:
 * `npx tsx tests/conformance/sam/run-sam-goldens.ts CHECKOUT [PART-OF-NAME]`, CHECKOUT being an unpacked
 * aws/serverless-application-model. A transformed template must equal the golden, lists compared as sets as the
 * translator's own tests do, and logical ids unmasked, which they do not; a refusal must have the golden's words.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { transformServerless } from "../../../packages/awan/src/deploy/sam/transform.ts";
import { parseTemplate } from "../../../packages/awan/src/deploy/template/parse.ts";
import { AwsError } from "../../../packages/awan/src/kernel/errors.ts";
import { normalized } from "./normalized.ts";

const partitions = [
  ["", "ap-southeast-1"],
  ["aws-cn", "cn-north-1"],
  ["aws-us-gov", "us-gov-west-1"],
] as const;

/** The repository that the translator's tests pretend to ask. */
const applications = (id: string): string | { refusal: string } =>
  ["no-access", "non-existent", "invalid-semver"].includes(id)
    ? { refusal: `Cannot access application: ${id}.` }
    : "https://awsserverlessrepo-changesets-xxx.s3.amazonaws.com/signed-url";

function transformed(text: string, region: string): unknown {
  try {
    const parameters = { param1: "value1", param2: "value2" };
    return transformServerless(parseTemplate(text), { parameters, region, applications, text, nowMs: 0 });
  } catch (error) {
    if (error instanceof AwsError) return error;
    throw error;
  }
}

function verdict(result: unknown, golden: Record<string, unknown>): string | undefined {
  const wanted = golden["errorMessage"];
  if (typeof wanted === "string") {
    if (!(result instanceof AwsError)) return "is not refused";
    return result.message.includes(wanted) ? undefined : `is refused with: ${result.message}`;
  }
  if (result instanceof AwsError) return `is refused: ${result.message}`;
  return JSON.stringify(normalized(result)) === JSON.stringify(normalized(golden)) ? undefined : "differs";
}

const [checkout = "", part = ""] = process.argv.slice(2);
const base = join(checkout, "tests/translator");
const counts = { templates: 0, templatesExact: 0, refusals: 0, refusalsExact: 0 };
for (const file of readdirSync(join(base, "input")).toSorted()) {
  const name = file.replace(/\.yaml$/, "");
  if (!name.includes(part) || /^(?:feature_toggle_|translate_)/.test(name)) continue;
  const text = readFileSync(join(base, "input", file), "utf8");
  const isRefusal = name.startsWith("error_");
  for (const [partition, region] of isRefusal ? partitions.slice(0, 1) : partitions) {
    const path = join(base, "output", partition, `${name}.json`);
    if (!existsSync(path)) continue;
    const golden = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
    const problem = verdict(transformed(text, region), golden);
    counts[isRefusal ? "refusals" : "templates"] += 1;
    if (problem === undefined) counts[isRefusal ? "refusalsExact" : "templatesExact"] += 1;
    else console.log(`${name}${partition === "" ? "" : ` (${partition})`}: ${problem}`);
  }
}
console.log(
  `templates ${counts.templatesExact} of ${counts.templates}, refusals ${counts.refusalsExact} of ${counts.refusals}`,
);
