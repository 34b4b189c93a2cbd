/** What a table is, as rows: its keys, its indexes, and the settings its operations need at hand. */

export type KeyType = "S" | "N" | "B";

export interface KeyAttribute {
  readonly name: string;
  readonly type: KeyType;
}

/** The keys of a table or an index. */
export interface KeySchema {
  readonly hash: KeyAttribute;
  readonly range: KeyAttribute | null;
  /** Global indexes may have up to four attributes in each key: those after the first. */
  readonly moreHash?: readonly KeyAttribute[];
  readonly moreRange?: readonly KeyAttribute[];
}

/** The attributes of the partition key; one, but for some global indexes. */
export function hashKeys({ hash, moreHash }: KeySchema): readonly KeyAttribute[] {
  return moreHash === undefined ? [hash] : [hash, ...moreHash];
}

/** The attributes of the sort key in their order. */
export function rangeKeys({ range, moreRange }: KeySchema): readonly KeyAttribute[] {
  if (range === null) return [];
  return moreRange === undefined ? [range] : [range, ...moreRange];
}

export interface Throughput {
  readonly readUnits: number;
  readonly writeUnits: number;
  readonly increasedAtMs?: number;
  readonly decreasedAtMs?: number;
  readonly decreases: number;
}

export interface OnDemandLimits {
  readonly readUnitsMax?: number;
  readonly writeUnitsMax?: number;
}

export interface WarmThroughput {
  readonly readUnits: number;
  readonly writeUnits: number;
}

export interface IndexRow extends KeySchema {
  /** Never 0, never given twice within a table. */
  readonly id: number;
  readonly kind: "local" | "global";
  readonly name: string;
  readonly projection: "ALL" | "KEYS_ONLY" | "INCLUDE";
  readonly nonKeyAttributes: readonly string[];
  /** CREATING until the backfill has passed every item; DELETING until its entries are gone. */
  readonly status: "ACTIVE" | "CREATING" | "DELETING";
  readonly throughput: Throughput;
  readonly onDemand?: OnDemandLimits | undefined;
  readonly warm?: WarmThroughput | undefined;
}

export interface StreamSetting {
  readonly viewType: "NEW_IMAGE" | "OLD_IMAGE" | "NEW_AND_OLD_IMAGES" | "KEYS_ONLY";
  readonly label: string;
  readonly enabled: boolean;
}

export interface TableRow extends KeySchema {
  readonly name: string;
  readonly id: string;
  readonly arn: string;
  readonly storage: number;
  readonly createdAtMs: number;
  readonly definitions: readonly KeyAttribute[];
  readonly indexes: readonly IndexRow[];
  readonly indexIdLast: number;
  readonly billingMode: "PROVISIONED" | "PAY_PER_REQUEST";
  /** When it was last switched to on-demand, or created so. */
  readonly onDemandSinceMs?: number;
  readonly throughput: Throughput;
  readonly onDemand?: OnDemandLimits | undefined;
  readonly warm?: WarmThroughput | undefined;
  readonly stream: StreamSetting | null;
  readonly timeToLive: string | null;
  readonly deletionProtection: boolean;
  readonly tableClass?: string | undefined;
  readonly tableClassChangedAtMs?: number;
  /** The SSESpecification that was asked for; absent means an AWS-owned key. */
  readonly encryption?: { readonly keyArn: string } | undefined;
  /** Regions of the other replicas of a global table. */
  readonly replicas: readonly string[];
  readonly restore?:
    | { readonly sourceTableArn: string; readonly sourceBackupArn?: string; readonly atMs: number }
    | undefined;
  /** Point-in-time recovery: since when, for how many days; `trimming` while a duty will forget what is older. */
  readonly recovery: { readonly sinceMs: number; readonly days: number; readonly trimming: boolean } | null;
  /** Copies of the table under way. */
  readonly copies: number;
  /** Replicas (their regions) that this table is still filling with what it had. */
  readonly filling?: readonly string[];
  /** Set until a restored table's items are there. */
  readonly restoring: boolean;
  /** Whether its provisioned throughput is enforced. */
  readonly enforced: boolean;
  /** Whether its eventually consistent reads may lag. */
  readonly lagging?: boolean;
  /** Kinesis streams that receive the table's changes. */
  readonly destinations: readonly {
    readonly streamArn: string;
    /** Undefined where none was asked for: milliseconds, and not told. */
    readonly precision?: string | undefined;
  }[];
}

/** Names of a table's key attributes and of an index's. */
export function keyNames(table: KeySchema, index?: KeySchema): readonly string[] {
  const names = [...hashKeys(table), ...rangeKeys(table)].map(({ name }) => name);
  if (index === undefined) return names;
  for (const { name } of [...hashKeys(index), ...rangeKeys(index)])
    if (!names.includes(name)) names.push(name);
  return names;
}
