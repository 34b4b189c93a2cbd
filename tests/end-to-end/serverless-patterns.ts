/**
 * Every SAM and CloudFormation template of a checkout of aws-samples/serverless-patterns, deployed to an Awan of its own
 * and deleted again: `npx tsx --conditions awan/source tests/end-to-end/serverless-patterns.ts CHECKOUT [PART-OF-PATH]`.
 * Code that a build would have made is a placeholder. Prints what became of each, then the reasons by how often.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, extname, join } from "node:path";
import { startApp } from "awan/testing";
import {
  deleteStack,
  type DeployEvent,
  deployStack,
  type StackClient,
} from "../../packages/awan/src/deploy/deploy-stack.ts";
import {
  type Network,
  parametersOf,
  type PatternTemplate,
  templatesOf,
} from "./serverless-patterns/templates.ts";

type Verdict =
  | "deployed"
  | "not deleted"
  | "failed"
  | "refused"
  | "unknown properties"
  | "unknown types"
  | "unusable";
interface Result {
  readonly verdict: Verdict;
  /** Each is counted. */
  readonly reasons: readonly string[];
}

const timeoutMs = 60_000;
const stackName = "pattern";
const emptyZip = Buffer.from(`504b0506${"00".repeat(18)}`, "hex");

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function networkIn(client: StackClient): Promise<Network> {
  const { Vpc } = await client.invoke("ec2", "CreateVpc", { CidrBlock: "10.0.0.0/16" });
  const { VpcId: vpcId } = Vpc as { VpcId: string };
  const subnetIds: string[] = [];
  for (const [zone, CidrBlock] of Object.entries({ a: "10.0.0.0/24", b: "10.0.1.0/24" })) {
    const { Subnet } = await client.invoke("ec2", "CreateSubnet", {
      VpcId: vpcId,
      CidrBlock,
      AvailabilityZone: `us-east-1${zone}`,
    });
    subnetIds.push((Subnet as { SubnetId: string }).SubnetId);
  }
  const group = await client.invoke("ec2", "CreateSecurityGroup", {
    VpcId: vpcId,
    GroupName: "some",
    Description: "some",
  });
  const { HostedZone } = await client.invoke("route53", "CreateHostedZone", {
    Name: "example.com",
    CallerReference: "some",
  });
  const hostedZoneId = (HostedZone as { Id: string }).Id.replace("/hostedzone/", "");
  const secret = await client.invoke("secretsmanager", "CreateSecret", {
    Name: "some",
    ClientRequestToken: "00000000-0000-4000-8000-000000000000",
    SecretString: JSON.stringify({ username: "some", password: "Secret-12345678" }),
  });
  return {
    vpcId,
    subnetIds,
    securityGroupId: group["GroupId"] as string,
    hostedZoneId,
    secretArn: secret["ARN"] as string,
  };
}

/** So that the same reason is counted once. */
const withoutIds = (reason: string): string =>
  reason
    .replace(/\(RequestToken: [^,]*, /, "(")
    .replace(/Layer version arn:aws:lambda:[^:]*:\d{12}:layer:\S* does/, "A layer of another account does");

/** What a build would have put there. */
function placeBuilt(path: string): void {
  if (extname(path) === "") {
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, "index.js"), "exports.handler = async () => {};\n");
  } else {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, emptyZip);
  }
}

/** The reasons of a refusal that names several things at once, one each. */
function refusal(message: string): Result {
  const types = /Unrecognized resource types: \[([^\]]*)\]/.exec(message)?.[1];
  if (types !== undefined) return { verdict: "unknown types", reasons: types.split(", ") };
  const properties = /unsupported properties: \[(.*?)\]\. Awan/.exec(message)?.[1];
  if (properties === undefined) return { verdict: "refused", reasons: [message.slice(0, 300)] };
  const reasons = properties.split("; ").map((each) => each.replace(/^\w+ \((.*)\): /, "$1 "));
  return { verdict: "unknown properties", reasons: [...new Set(reasons)] };
}

async function tryPattern(client: StackClient, directory: string, pattern: PatternTemplate): Promise<Result> {
  const failures: DeployEvent[] = [];
  const watch = (event: DeployEvent): void => {
    if (event.status.endsWith("_FAILED") && !/cancelled/.test(event.reason ?? "")) failures.push(event);
  };
  const told = (verdict: Verdict, error: unknown): Result => {
    const [first] = failures;
    const reason = first === undefined ? textOf(error) : `${first.type}: ${first.reason ?? ""}`;
    if (reason.includes("Unrecognized resource types")) return refusal(reason);
    return { verdict, reasons: [withoutIds(reason).slice(0, 300)] };
  };
  const request = {
    template: join(directory, basename(pattern.path)),
    stackName,
    parameters: parametersOf(pattern.template ?? {}, await networkIn(client)),
    buildDirectory: join(directory, ".awan-build"),
  };
  for (;;) {
    try {
      await deployStack(client, request, watch);
      break;
    } catch (error) {
      const missing = /\.(?:CodeUri|Code|ContentUri|Content): there is no (.*)$/.exec(textOf(error))?.[1];
      if (missing === undefined) {
        if ((error as { code?: string }).code === "ValidationError") return refusal(textOf(error));
        const isOurs = failures.length > 0 || /was not deployed/.test(textOf(error));
        return told(isOurs ? "failed" : "unusable", error);
      }
      placeBuilt(missing);
    }
  }
  try {
    await deleteStack(client, stackName, watch);
    return { verdict: "deployed", reasons: [] };
  } catch (error) {
    return told("not deleted", error);
  }
}

/** In a copy of the template's directory, so that the checkout stays as it is. */
async function run(checkout: string, pattern: PatternTemplate): Promise<Result> {
  if (pattern.template === undefined) return { verdict: "unusable", reasons: [pattern.problem ?? ""] };
  const scratch = mkdtempSync(join(tmpdir(), "awan-pattern-"));
  const app = await startApp({ clock: "skipping" });
  const client: StackClient = {
    invoke: (service, operation, input, scope) => app.platform.invoke(service, operation, input, scope),
    wait: () => app.platform.idle(),
  };
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Result>((resolve) => {
    timer = setTimeout(
      () => resolve({ verdict: "failed", reasons: [`takes longer than ${timeoutMs / 1000} s`] }),
      timeoutMs,
    );
  });
  try {
    // Templates name what is beside and above them.
    const [top = ""] = pattern.path.split("/");
    cpSync(join(checkout, top), join(scratch, top), { recursive: true });
    const directory = join(scratch, dirname(pattern.path));
    return await Promise.race([tryPattern(client, directory, pattern), late]);
  } catch (error) {
    return { verdict: "failed", reasons: [`threw ${textOf(error)}`] };
  } finally {
    clearTimeout(timer);
    await app.close().catch((error: unknown) => console.log(`${pattern.path}: close: ${textOf(error)}`));
    rmSync(scratch, { recursive: true, force: true });
  }
}

const [checkout = "", part = ""] = process.argv.slice(2);
const counts = new Map<Verdict, number>();
const reasons = new Map<string, number>();
const add = <Key>(to: Map<Key, number>, key: Key): void => void to.set(key, (to.get(key) ?? 0) + 1);
for (const pattern of templatesOf(checkout, part)) {
  const result = await run(checkout, pattern);
  console.log(`${pattern.path}: ${[result.verdict, result.reasons.join("; ")].filter(Boolean).join(": ")}`);
  add(counts, result.verdict);
  for (const reason of result.reasons) add(reasons, `${result.verdict}: ${reason}`);
}
console.log("\nreasons");
for (const [reason, count] of [...reasons].toSorted((a, b) => b[1] - a[1]))
  console.log(`${count}\t${reason}`);
console.log(`\n${[...counts].map(([verdict, count]) => `${verdict} ${count}`).join(", ")}`);
process.exit(0);
