/**
 * The committed tables against the installed clients: what `npm run extract` would write now, apart from the overlay,
 * which needs botocore.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { serviceIndex, tablesDirectory } from "../../../packages/awan/src/model/service-model.ts";

interface Extraction {
  extractService(service: { readonly name: string }): Promise<object>;
}
interface Sources {
  readonly services: readonly { readonly name: string; readonly client: string }[];
}

const folder = "../../../tools/extract";
const extraction = (await import(`${folder}/schemas.mjs`)) as Extraction;
const { services } = (await import(`${folder}/services.mjs`)) as Sources;

/** Bundling takes its time: every fourth service, or all with AWAN_ALL_TABLES=1. */
const checked = services.filter((_, index) => process.env["AWAN_ALL_TABLES"] === "1" || index % 4 === 0);

describe("the tables", () => {
  it("has an index of exactly these services", () => {
    expect(serviceIndex().map(({ name }) => name)).toEqual(services.map(({ name }) => name));
  });

  it.each(checked)("$name is what its client says", async (service) => {
    const committed = JSON.parse(readFileSync(`${tablesDirectory()}${service.name}.json`, "utf8")) as object;
    const { overlay, ...table } = committed as { overlay: object };
    expect(overlay).toHaveProperty("limits");
    // Compared as text first: a deep comparison of EC2's table takes a second.
    const extracted = JSON.stringify(await extraction.extractService(service));
    if (extracted !== JSON.stringify(table)) expect(JSON.parse(extracted)).toEqual(table);
  });
});
