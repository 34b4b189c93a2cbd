/** Providers call operations inside transactions, so their service is loaded before: its name, from the type's family. */
import type { Run } from "./provision.ts";

/** Families whose service is not called as they are, in lower case. */
const serviceNames: Readonly<Record<string, string>> = {
  ApplicationAutoScaling: "application-autoscaling",
  CertificateManager: "acm",
  Cognito: "cognito-idp",
  ElasticLoadBalancingV2: "elbv2",
  KinesisFirehose: "firehose",
  OpenSearchService: "opensearch",
  StepFunctions: "sfn",
};

/** A provider calls its service's operations inside a transaction: the service has to be there before. */
export async function loadService(run: Run, type: string): Promise<void> {
  const family = type.split("::")[1] ?? "";
  const name = `${serviceNames[family] ?? family.toLowerCase()}.load`;
  await run.shell.run({ name, ...run.scope, trace: run.context.trace }, () => undefined);
}
