/** Whether a policy document is well-formed, in IAM's words; what it allows is `engines/iam-policy`'s concern. */
import { malformedPolicy } from "./errors.ts";

type Tree = Readonly<Record<string, unknown>>;

export type DocumentKind = "identity" | "trust";

const syntaxErrors = "Syntax errors in policy.";
const statementKeys = new Set([
  "Sid",
  "Effect",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Condition",
  "Principal",
  "NotPrincipal",
]);

const isTree = (value: unknown): value is Tree =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === "string";
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

export function checkDocument(text: string, kind: DocumentKind): void {
  const document = parse(text, kind);
  for (const key of Object.keys(document)) {
    if (!["Version", "Id", "Statement"].includes(key)) throw malformedPolicy(syntaxErrors);
  }
  const version = document["Version"];
  if (version !== undefined && version !== "2012-10-17" && version !== "2008-10-17")
    throw malformedPolicy(syntaxErrors);
  if (document["Statement"] === undefined) throw malformedPolicy(syntaxErrors);
  const statements = listOf(document["Statement"]);
  const sids = new Set<string>();
  for (const statement of statements) {
    if (!isTree(statement)) throw malformedPolicy(syntaxErrors);
    checkShape(statement);
    if (kind === "trust") checkTrust(statement);
    else checkIdentity(statement, version);
    const sid = statement["Sid"];
    if (isText(sid) && sid !== "" && sids.has(sid))
      throw malformedPolicy("Statement IDs (SID) in a single policy must be unique.");
    if (isText(sid)) sids.add(sid);
  }
}

function parse(text: string, kind: DocumentKind): Tree {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw malformedPolicy(kind === "trust" ? "This policy contains invalid Json" : syntaxErrors);
  }
  if (!isTree(document))
    throw malformedPolicy(kind === "trust" ? "This policy contains invalid Json" : syntaxErrors);
  return document;
}

function checkShape(statement: Tree): void {
  const bad =
    Object.keys(statement).some((key) => !statementKeys.has(key)) ||
    (statement["Effect"] !== "Allow" && statement["Effect"] !== "Deny") ||
    (statement["Action"] !== undefined && statement["NotAction"] !== undefined) ||
    (statement["Resource"] !== undefined && statement["NotResource"] !== undefined) ||
    (statement["Sid"] !== undefined && !isText(statement["Sid"])) ||
    (statement["Condition"] !== undefined && !isTree(statement["Condition"]));
  if (bad) throw malformedPolicy(syntaxErrors);
  for (const name of ["Action", "NotAction", "Resource", "NotResource"]) {
    const value = statement[name];
    if (value !== undefined && !listOf(value).every(isText)) throw malformedPolicy(syntaxErrors);
  }
}

function checkIdentity(statement: Tree, version: unknown): void {
  if (statement["Principal"] !== undefined || statement["NotPrincipal"] !== undefined) {
    throw malformedPolicy("Policy document should not specify a principal.");
  }
  const actions = listOf(statement["Action"] ?? statement["NotAction"] ?? []).flat() as readonly string[];
  if (actions.length === 0) throw malformedPolicy("Policy statement must contain actions.");
  const resources = listOf(
    statement["Resource"] ?? statement["NotResource"] ?? [],
  ).flat() as readonly string[];
  if (resources.length === 0) throw malformedPolicy("Policy statement must contain resources.");
  for (const action of actions) checkAction(action);
  for (const resource of resources) checkResource(resource);
  if (version === undefined && resources.some((resource) => resource.includes("${"))) {
    throw malformedPolicy("Policy document must be version 2012-10-17 or greater.");
  }
}

function checkAction(action: string): void {
  if (action === "*") return;
  const parts = action.split(":");
  if (parts.length === 1)
    throw malformedPolicy("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
  if (parts.length > 2) throw malformedPolicy("Actions/Condition can contain only one colon.");
  const vendor = parts[0] as string;
  if (!/^[a-zA-Z0-9-]+$/.test(vendor)) throw malformedPolicy(`Vendor ${vendor} is not valid`);
}

function checkResource(resource: string): void {
  if (resource === "*" || resource.startsWith("${")) return;
  const parts = resource.split(":");
  if (parts[0] !== "arn" && !/^[*?]/.test(resource)) {
    throw malformedPolicy(`Resource ${resource} must be in ARN format or "*".`);
  }
  if (parts[0] !== "arn") return;
  const [, partition = "", service = ""] = parts;
  if (parts.length < 6 && !resource.endsWith("*")) throw malformedPolicy("The policy failed legacy parsing");
  if (partition !== "*" && !partition.startsWith("aws") && !partition.includes("$")) {
    throw malformedPolicy(`Partition "${partition}" is not valid for resource "${padded(resource)}".`);
  }
  if (/[*?]/.test(service) && parts.length >= 6) {
    throw malformedPolicy("Resource vendor must be fully qualified and cannot contain regexes.");
  }
}

/** AWS shows the ARN with all of its parts, `*` for those that are missing. */
const padded = (resource: string): string => {
  const parts = resource.split(":");
  while (parts.length < 6) parts.push("*");
  return parts.join(":");
};

function checkTrust(statement: Tree): void {
  if (statement["Resource"] !== undefined || statement["NotResource"] !== undefined) {
    throw malformedPolicy("Has prohibited field Resource");
  }
  if (statement["Principal"] === undefined && statement["NotPrincipal"] === undefined) {
    throw malformedPolicy("Missing required field Principal");
  }
  const actions = listOf(statement["Action"] ?? statement["NotAction"] ?? []).flat() as readonly string[];
  if (actions.length === 0) throw malformedPolicy("Missing required field Action");
  if (!actions.every((action) => action === "*" || /^(sts|rolesanywhere):/i.test(action))) {
    throw malformedPolicy("AssumeRole policy may only specify STS AssumeRole actions.");
  }
  checkPrincipal(statement["Principal"]);
}

function checkPrincipal(principal: unknown): void {
  if (principal === undefined || principal === "*") return;
  if (!isTree(principal)) throw malformedPolicy('AssumeRolepolicy contained an invalid principal: "STAR".');
  for (const [kind, value] of Object.entries(principal)) {
    if (!["AWS", "Service", "Federated", "CanonicalUser"].includes(kind)) throw malformedPolicy(syntaxErrors);
    for (const item of listOf(value)) {
      const isKnownForm =
        kind !== "AWS" ||
        (isText(item) &&
          /^(\*|\d{12}|arn:aws[a-z-]*:(iam|sts)::(\d{12}|cloudfront):.+|A[A-Z]{3}[A-Z0-9]{16,17})$/.test(
            item,
          ));
      if (!isText(item) || !isKnownForm)
        throw malformedPolicy(`Invalid principal in policy: "${kind}":"${String(item)}"`);
    }
  }
}
