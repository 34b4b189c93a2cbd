/** Deploys a template file into a running platform, through CloudFormation's own operations. */
import { basename, dirname, join } from "node:path";
import { prepareLocalCode } from "../deploy/local-code.ts";
import type { Platform } from "../host/platform.ts";

export interface Deployed {
  readonly outputs: Readonly<Record<string, string>>;
  readonly resources: Readonly<Record<string, string>>;
  /** Base URL of the stack's first API, if it has one. */
  readonly apiBase: string | undefined;
}
