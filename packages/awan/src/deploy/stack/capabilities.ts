/** What a template may only do when its deployer says so: make IAM resources, name them, be transformed. */
import type { Template } from "../template/template.ts";
import { insufficientCapabilities } from "../errors.ts";

const named: Readonly<Record<string, string | undefined>> = {
  "AWS::IAM::AccessKey": undefined,
  "AWS::IAM::Group": "GroupName",
  "AWS::IAM::InstanceProfile": "InstanceProfileName",
  "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
  "AWS::IAM::Policy": undefined,
  "AWS::IAM::Role": "RoleName",
  "AWS::IAM::User": "UserName",
  "AWS::IAM::UserToGroupAddition": undefined,
};

/** The capability a template needs, or undefined. */
export function neededCapability(template: Template): "CAPABILITY_IAM" | "CAPABILITY_NAMED_IAM" | undefined {
  let needed: "CAPABILITY_IAM" | undefined;
  for (const { type, properties } of Object.values(template.resources)) {
    if (!Object.hasOwn(named, type)) continue;
    const name = named[type];
    if (name !== undefined && name in properties) return "CAPABILITY_NAMED_IAM";
    needed = "CAPABILITY_IAM";
  }
  return needed;
}

/** @throws AwsError InsufficientCapabilitiesException */
export function demandCapabilities(
  template: Template,
  transforms: readonly string[],
  given: readonly string[],
  direct: boolean,
): void {
  if (direct && transforms.length > 0 && !given.includes("CAPABILITY_AUTO_EXPAND")) {
    throw insufficientCapabilities(["CAPABILITY_AUTO_EXPAND"]);
  }
  const needed = neededCapability(template);
  if (needed === undefined) return;
  const enough =
    given.includes("CAPABILITY_NAMED_IAM") ||
    (needed === "CAPABILITY_IAM" && given.includes("CAPABILITY_IAM"));
  if (!enough) throw insufficientCapabilities([needed]);
}
