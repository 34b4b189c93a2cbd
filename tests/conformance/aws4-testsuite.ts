/**
 * Runs the cases of AWS's `aws4_testsuite`, as botocore carries it, against our verification:
 * `node --import tsx tests/conformance/aws4-testsuite.ts CHECKOUT`, CHECKOUT being an unpacked boto/botocore. For each
 * case the signed request must verify and our canonical request must be the recorded one; nothing of it is kept here.
 */
import { readFileSync, readdirSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { canonicalRequest } from "../../packages/awan/src/wire/canonical-request.ts";
import { credentialOf } from "../../packages/awan/src/wire/credential.ts";
import { splitUrl } from "../../packages/awan/src/wire/request-url.ts";
import { verifySignature } from "../../packages/awan/src/wire/sigv4.ts";
import { sha256Hex } from "../../packages/awan/src/wire/signing-key.ts";

interface Raw {
  readonly method: string;
  readonly target: string;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

/** Reads a request as a socket's parser would: bytes as characters, repeated headers joined with ", ". */
function parse(text: string): Raw {
  const [head = "", body = ""] = text.replaceAll("\r\n", "\n").split("\n\n");
  const [first = "", ...lines] = head.split("\n");
  const headers: Record<string, string> = {};
  let last = "";
  for (const line of lines) {
    if (line.startsWith(" ")) {
      headers[last] += ` ${line.trim()}`;
      continue;
    }
    const colon = line.indexOf(":");
    last = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    headers[last] = headers[last] === undefined ? value : `${headers[last]}, ${value}`;
  }
  const words = first.split(" ");
  const target = words.slice(1, -1).join(" ");
  return { method: words[0] ?? "", target, headers, body: Buffer.from(body, "latin1") };
}

function check(path: string): string | undefined {
  const read = (suffix: string): string => readFileSync(`${path}.${suffix}`, "latin1").replaceAll("\r", "");
  const raw = parse(read("sreq"));
  const authorization = read("authz").trim();
  const request = {
    ...raw,
    headers: { ...raw.headers, authorization },
    remoteAddress: "127.0.0.1",
    origin: "http://127.0.0.1",
  };
  const url = splitUrl(raw.target);
  const credential = credentialOf(request.headers, url.query);
  try {
    verifySignature({
      request,
      url,
      credential,
      dialect: "query",
      nowMs: Date.UTC(2015, 7, 30, 12, 36),
      secretFor: () => ({ secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" }),
    });
  } catch (error) {
    return (error as Error).message;
  }
  const parts = {
    ...raw,
    ...url,
    signedHeaders: credential?.signedHeaders ?? [],
    payloadHash: sha256Hex(raw.body),
    isS3: false,
  };
  const wanted = read("creq");
  const canonical = [canonicalRequest(parts), canonicalRequest({ ...parts, isJoinedTightly: true })];
  return canonical.includes(wanted) ? undefined : `canonical request:\n${canonical[0]}\nwanted:\n${wanted}`;
}

const suite = join(process.argv[2] ?? ".", "tests/unit/auth/aws4_testsuite");
const failures: string[] = [];
let passed = 0;
for (const name of readdirSync(suite, { recursive: true, encoding: "utf8" })) {
  if (!name.endsWith(".req")) continue;
  const failure = check(join(suite, dirname(name), basename(name, ".req")));
  if (failure === undefined) passed += 1;
  else failures.push(`${relative(suite, join(suite, name))}: ${failure}`);
}
for (const failure of failures) console.error(failure);
console.log(`passed ${passed}, failed ${failures.length}, skipped 0`);
process.exitCode = failures.length > 0 ? 1 : 0;
