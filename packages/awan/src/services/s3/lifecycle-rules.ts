/** Which lifecycle rules apply to an object, and when: shared by the duty that carries them out and the `x-amz-expiration` header. */
import { type Bucket, readConfig } from "./bucket.ts";
import type { ObjectRow } from "./keys.ts";
import { dayMs } from "./limits.ts";
import type { Tags } from "./tags.ts";

interface RuleTag {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

interface Filter {
  readonly Prefix?: string | undefined;
  readonly Tag?: RuleTag | undefined;
  readonly ObjectSizeGreaterThan?: number | undefined;
  readonly ObjectSizeLessThan?: number | undefined;
  readonly And?:
    | {
        readonly Prefix?: string | undefined;
        readonly Tags?: readonly RuleTag[] | undefined;
        readonly ObjectSizeGreaterThan?: number | undefined;
        readonly ObjectSizeLessThan?: number | undefined;
      }
    | undefined;
}

export interface LifecycleRule {
  readonly ID?: string | undefined;
  readonly Status?: string | undefined;
  readonly Prefix?: string | undefined;
  readonly Filter?: Filter | undefined;
  readonly Expiration?:
    | {
        readonly Days?: number | undefined;
        readonly Date?: Date | number | undefined;
        readonly ExpiredObjectDeleteMarker?: boolean | undefined;
      }
    | undefined;
  readonly Transitions?:
    | readonly {
        readonly Days?: number | undefined;
        readonly Date?: Date | number | undefined;
        readonly StorageClass?: string | undefined;
      }[]
    | undefined;
  readonly NoncurrentVersionExpiration?:
    | { readonly NoncurrentDays?: number | undefined; readonly NewerNoncurrentVersions?: number | undefined }
    | undefined;
  readonly NoncurrentVersionTransitions?:
    | readonly {
        readonly NoncurrentDays?: number | undefined;
        readonly NewerNoncurrentVersions?: number | undefined;
        readonly StorageClass?: string | undefined;
      }[]
    | undefined;
  readonly AbortIncompleteMultipartUpload?: { readonly DaysAfterInitiation?: number | undefined } | undefined;
}

export interface LifecycleConfig {
  readonly Rules: readonly LifecycleRule[];
  readonly TransitionDefaultMinimumObjectSize?: string;
}

export function lifecycleRules(bucket: Bucket): readonly LifecycleRule[] {
  return (readConfig(bucket, "lifecycle") as LifecycleConfig | undefined)?.Rules ?? [];
}

export const prefixOf = (rule: LifecycleRule): string =>
  rule.Filter?.Prefix ?? rule.Filter?.And?.Prefix ?? rule.Prefix ?? "";

export function ruleCovers(
  rule: LifecycleRule,
  key: string,
  object: { readonly tags: Tags; readonly sizeBytes: number },
): boolean {
  if (rule.Status !== "Enabled" || !key.startsWith(prefixOf(rule))) return false;
  const { Filter: filter } = rule;
  const wanted = [...(filter?.Tag === undefined ? [] : [filter.Tag]), ...(filter?.And?.Tags ?? [])];
  if (!wanted.every((tag) => object.tags.some(([name, value]) => name === tag.Key && value === tag.Value)))
    return false;
  const above = filter?.ObjectSizeGreaterThan ?? filter?.And?.ObjectSizeGreaterThan;
  const below = filter?.ObjectSizeLessThan ?? filter?.And?.ObjectSizeLessThan;
  return (
    (above === undefined || object.sizeBytes > above) && (below === undefined || object.sizeBytes < below)
  );
}

/** `days` after a time, at the next midnight UTC, as S3 rounds. */
export function dueAfterDays(fromMs: number, days: number): number {
  return Math.ceil((fromMs + days * dayMs) / dayMs) * dayMs;
}

const timeOf = (date: Date | number): number => (date instanceof Date ? date.getTime() : date);

/** When a rule expires a current version; undefined when it does not. */
export function expiresAtMs(rule: LifecycleRule, modifiedAtMs: number): number | undefined {
  const { Days: days, Date: date } = rule.Expiration ?? {};
  if (days !== undefined) return dueAfterDays(modifiedAtMs, days);
  return date === undefined ? undefined : timeOf(date);
}

export function transitionsAtMs(
  transition: { readonly Days?: number | undefined; readonly Date?: Date | number | undefined },
  modifiedAtMs: number,
): number {
  if (transition.Date !== undefined) return timeOf(transition.Date);
  return transition.Days === undefined || transition.Days === 0
    ? modifiedAtMs
    : dueAfterDays(modifiedAtMs, transition.Days);
}

/** The member that announces when an object will expire, and by which rule. */
export function expirationHeader(
  bucket: Bucket,
  key: string,
  row: Pick<ObjectRow, "tags" | "sizeBytes" | "modifiedAtMs">,
): { readonly Expiration?: string } {
  let soonest: { readonly atMs: number; readonly id: string } | undefined;
  for (const rule of lifecycleRules(bucket)) {
    if (!ruleCovers(rule, key, row)) continue;
    const atMs = expiresAtMs(rule, row.modifiedAtMs);
    if (atMs !== undefined && (soonest === undefined || atMs < soonest.atMs))
      soonest = { atMs, id: rule.ID ?? "" };
  }
  if (soonest === undefined) return {};
  return {
    Expiration: `expiry-date="${new Date(soonest.atMs).toUTCString()}", rule-id="${encodeURIComponent(soonest.id)}"`,
  };
}
