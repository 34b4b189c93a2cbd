/** What was deployed into an application, by the names a test uses. */
import type { Scope } from "../host/call.ts";

export interface Deployed {
  readonly outputs: Readonly<Record<string, string>>;
  /** Physical ids by logical id, and by the path of the construct where CDK made them. */
  readonly resources: Readonly<Record<string, string>>;
  /** Where those are that are in another account or region than the platform's. */
  readonly elsewhere: ReadonlyMap<string, Scope>;
  /** Base URL of the application's first API, if it has one. */
  readonly apiBase: string | undefined;
}

export const nothingDeployed: Deployed = {
  outputs: {},
  resources: {},
  elsewhere: new Map(),
  apiBase: undefined,
};
