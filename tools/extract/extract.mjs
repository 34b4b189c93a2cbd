/**
 * `npm run extract`: writes the tables of `packages/awan/src/model/tables` from the installed client packages, and with
 * `BOTOCORE_DATA` set also their overlays. Names given as arguments limit it to those services.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { overlayOf, readBotocore } from "./overlay.mjs";
import { clientVersion, extractService } from "./schemas.mjs";
import { services } from "./services.mjs";

const directory = fileURLToPath(new URL("../../packages/awan/src/model/tables/", import.meta.url));
const botocoreData = process.env.BOTOCORE_DATA;

const tablePath = (name) => join(directory, `${name}.json`);
const readTable = (name) => JSON.parse(readFileSync(tablePath(name), "utf8"));
const noOverlay = {
  protocols: [],
  errors: {},
  routes: {},
  constraints: {},
  limits: [],
  patterns: [],
  enums: [],
};

/** What finding the service of a request needs, without reading any table. */
function indexEntry({ name, client }) {
  const { version, target, protocols, signing, operations, namespace, xmlNamespace, overlay } =
    readTable(name);
  const prefixes = Object.values(operations).map(([, , facts]) => facts.hostPrefix);
  return {
    name,
    client: `${client}@${clientVersion(client)}`,
    namespace,
    target,
    version,
    protocols: [...new Set([...protocols, ...overlay.protocols])],
    signing,
    endpointPrefix: overlay.endpointPrefix ?? signing[0],
    hostPrefixes: [...new Set(prefixes.filter(Boolean))],
    ...(xmlNamespace ? { xmlNamespace } : {}),
  };
}

mkdirSync(directory, { recursive: true });
const wanted = process.argv.slice(2);
for (const service of services) {
  if (wanted.length > 0 && !wanted.includes(service.name)) continue;
  const table = await extractService(service);
  const committed = existsSync(tablePath(service.name)) ? readTable(service.name).overlay : noOverlay;
  const overlay = botocoreData ? overlayOf(table, readBotocore(botocoreData, service.botocore)) : committed;
  const text = `${JSON.stringify({ ...table, overlay })}\n`;
  writeFileSync(tablePath(service.name), text);
  const operationCount = Object.keys(table.operations).length;
  console.log(
    `${service.name}: ${operationCount} operations, ${table.shapes.length} shapes, ${text.length} bytes`,
  );
}
const index = services.map((service) => `  ${JSON.stringify(indexEntry(service))}`).join(",\n");
writeFileSync(join(directory, "index.json"), `[\n${index}\n]\n`);
