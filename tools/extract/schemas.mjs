/**
 * Reads an SDK client's run-time schemas and flattens their cyclic graph into the shapes of one table. The client's ES
 * modules load only through a bundler, so esbuild bundles the two modules that matter into a temporary file.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import esbuild from "esbuild";

const root = fileURLToPath(new URL("../../", import.meta.url));

const protocolNames = {
  AwsJson1_0Protocol: "json10",
  AwsJson1_1Protocol: "json11",
  AwsQueryProtocol: "query",
  AwsEc2QueryProtocol: "ec2",
  AwsRestJsonProtocol: "restJson",
  AwsRestXmlProtocol: "restXml",
  S3RestXmlProtocol: "restXml",
  AwsSmithyRpcV2CborProtocol: "rpcv2Cbor",
};

/** Enough of a context for the client's authentication rules, some of which are its endpoint rules. */
const anyEndpoint = {
  region: "us-east-1",
  Region: "us-east-1",
  UseFIPS: false,
  UseDualStack: false,
  Bucket: "b",
  Key: "k",
};

/** Bits of numeric traits that mean something on the wire; idempotent (2) and sensitive (8) do not. */
const wireBits = 1 | 4 | 16 | 32 | 64;
const wireTraits = new Set(
  `jsonName httpQuery httpHeader httpLabel httpPayload httpPrefixHeaders httpQueryParams httpResponseCode httpError error
  awsQueryError streaming eventPayload eventHeader sparse xmlName xmlFlattened xmlAttribute xmlNamespace ec2QueryName
  hostLabel mediaType idempotencyToken`.split(/\s+/),
);

const kindSimple = 0;
const kindList = 1;
const kindMap = 2;
const kindOperation = 9;
const kindError = -3;

/** @param {string} client */
async function loadClient(client) {
  const directory = mkdtempSync(join(tmpdir(), "awan-extract-"));
  try {
    const outfile = join(directory, "client.mjs");
    const esm = `@aws-sdk/client-${client}/dist-es`;
    await esbuild.build({
      stdin: {
        contents: `export * as schemas from "${esm}/schemas/schemas_0.js";
          export { getRuntimeConfig } from "${esm}/runtimeConfig.shared.js";`,
        resolveDir: join(root, "tests"),
      },
      bundle: true,
      format: "esm",
      platform: "node",
      outfile,
      logLevel: "error",
      banner: {
        js: `import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);`,
      },
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Traits as a table holds them, or 0 when none matters on the wire. */
function compactTraits(traits) {
  if (typeof traits === "number") return traits & wireBits;
  const kept = Object.entries(traits ?? {}).filter(([name]) => wireTraits.has(name));
  return kept.length === 0 ? 0 : Object.fromEntries(kept);
}

/** Collects shapes; `reference` turns a schema into a table's reference to it. */
class Shapes {
  list = [];
  #indexes = new Map();

  reference(schema) {
    const target = typeof schema === "function" ? schema() : schema;
    if (typeof target === "number") return target;
    if (target === "unit") return "unit";
    if (target.length === 2) {
      const traits = compactTraits(target[1]);
      const inner = this.reference(target[0]);
      return traits === 0 ? inner : [inner, traits];
    }
    const known = this.#indexes.get(target);
    if (known !== undefined) return ~known;
    const [kind, , , traits, ...rest] = target;
    if (kind === kindSimple && compactTraits(traits) === 0) return this.reference(rest[0]);
    const index = this.list.length;
    this.#indexes.set(target, index);
    this.list.push(null);
    this.list[index] = this.#shape(target);
    return ~index;
  }

  #shape([kind, , name, rawTraits, ...rest]) {
    const traits = compactTraits(rawTraits);
    switch (kind) {
      case kindSimple:
        return [kind, name, traits, this.reference(rest[0])];
      case kindList:
        return [kind, name, traits, this.reference(rest[0])];
      case kindMap:
        return [kind, name, traits, this.reference(rest[0]), this.reference(rest[1])];
      default: {
        const [members, types, requiredCount] = rest;
        return [kind, name, traits, members, types.map((type) => this.reference(type)), requiredCount ?? 0];
      }
    }
  }
}

function operationEntry(shapes, schema, anonymous) {
  const [, , , traits, input, output] = schema;
  const facts = {};
  if (traits?.http) facts.http = traits.http;
  if (traits?.endpoint) facts.hostPrefix = traits.endpoint[0];
  if (anonymous) facts.anonymous = 1;
  return [shapes.reference(input), shapes.reference(output), facts];
}

/**
 * The table of a service as its client package has it, without the overlay.
 * @param {import("./services.mjs").ServiceSource} service
 */
export async function extractService(service) {
  const { schemas, getRuntimeConfig } = await loadClient(service.client);
  const config = getRuntimeConfig({});
  const settings = config.protocolSettings;
  const shapes = new Shapes();
  const operations = {};
  const errors = [];
  const signing = new Set();
  for (const schema of Object.values(schemas)) {
    if (!Array.isArray(schema)) continue;
    if (schema[0] === kindOperation) {
      const schemes = config.httpAuthSchemeProvider({ operation: schema[2], ...anyEndpoint });
      for (const scheme of schemes) if (scheme.signingProperties) signing.add(scheme.signingProperties.name);
      const anonymous = schemes[0]?.schemeId === "smithy.api#noAuth";
      operations[schema[2]] = operationEntry(shapes, schema, anonymous);
    } else if (schema[0] === kindError && !schema[1].startsWith("smithy.ts.sdk")) {
      errors.push(~shapes.reference(schema));
    }
  }
  for (const name of service.signing) signing.add(name);
  const xmlNamespace = settings.xmlNamespace ?? service.xmlNamespace;
  return {
    name: service.name,
    namespace: settings.defaultNamespace,
    serviceId: config.serviceId,
    version: settings.version,
    target: settings.serviceTarget,
    protocols: [...new Set([protocolNames[config.protocol.name], ...service.protocols])],
    ...(xmlNamespace ? { xmlNamespace } : {}),
    ...(settings.awsQueryCompatible ? { queryCompatible: true } : {}),
    signing: [...signing],
    operations,
    errors,
    shapes: shapes.list,
  };
}

/** The installed version of a client. */
export function clientVersion(client) {
  const require = createRequire(join(root, "tests", "package.json"));
  const entry = require.resolve(`@aws-sdk/client-${client}`);
  const directory = dirname(dirname(entry));
  return JSON.parse(readFileSync(join(directory, "package.json"), "utf8")).version;
}
