/** Layer versions by their ARNs. */
import type { Call } from "../../host/call.ts";
import { parseArn } from "../../kernel/arn.ts";
import { type LayerRow, layers } from "./keys.ts";

export interface LayerReference {
  readonly accountId: string;
  readonly region: string;
  readonly name: string;
  readonly version: number;
}

/** The parts of `arn:…:layer:name:version`. */
export function parseLayerArn(arn: string): LayerReference | undefined {
  const parsed = parseArn(arn);
  const [kind, name, version] = parsed?.resource.split(":") ?? [];
  if (parsed?.service !== "lambda" || kind !== "layer" || name === undefined || version === undefined)
    return undefined;
  return { accountId: parsed.accountId, region: parsed.region, name, version: Number(version) };
}

export function findLayer(call: Call, arn: string): LayerRow | undefined {
  const reference = parseLayerArn(arn);
  if (reference === undefined) return undefined;
  return layers.get(call.in(reference).tx, [reference.name, reference.version]);
}

export const layerSize = (call: Call, arn: string): number => findLayer(call, arn)?.code.sizeBytes ?? 0;

/** The archives of the layers, in merge order. */
export function layerBlobs(call: Call, arns: readonly string[]): string[] {
  return arns.flatMap((arn) => {
    const code = findLayer(call, arn)?.code.code;
    return code?.kind === "blob" ? [code.blob] : [];
  });
}
