/** `FunctionUrlConfig`: the function's URL and, when anybody may call it, the two permissions for that. */
import { type Dict, isDict, isIntrinsic } from "../../template/value.ts";
import { InvalidResource } from "../errors.ts";
import { expectMap } from "../expect.ts";
import { ref } from "../intrinsics.ts";
import { entriesOf } from "../python/dictionary.ts";
import { given } from "../python/text.ts";
import { Resource } from "../resource.ts";
import type { SamResource } from "../sam.ts";

const corsTypes: Readonly<Record<string, "list" | "bool" | "int">> = {
  AllowOrigins: "list",
  AllowMethods: "list",
  AllowCredentials: "bool",
  AllowHeaders: "list",
  ExposeHeaders: "list",
  MaxAge: "int",
};

export function urlOf({ id, properties, shared }: SamResource, alias: Resource | undefined): Resource[] {
  const config = properties["FunctionUrlConfig"] as Dict;
  check(id, config);
  const target = ref(alias?.id ?? id);
  const type = config["AuthType"];
  const url = new Resource(`${id}Url`, "AWS::Lambda::Url", {
    attributes: shared,
    properties: {
      ...(given(config["Cors"]) ? { Cors: config["Cors"] } : {}),
      AuthType: type,
      TargetFunctionArn: target,
      InvokeMode: config["InvokeMode"],
    },
  });
  if (type !== "NONE" || isIntrinsic(config)) return [url];
  const permission = (logicalId: string, own: Dict): Resource =>
    new Resource(logicalId, "AWS::Lambda::Permission", {
      attributes: shared,
      properties: { FunctionName: target, Principal: "*", ...own },
    });
  return [
    url,
    permission(`${id}UrlPublicPermissions`, {
      Action: "lambda:InvokeFunctionUrl",
      FunctionUrlAuthType: type,
    }),
    permission(`${id}URLInvokeAllowPublicAccess`, {
      Action: "lambda:InvokeFunction",
      InvokedViaFunctionUrl: true,
    }),
  ];
}

function check(id: string, config: Dict): void {
  if (isIntrinsic(config)) return;
  const type = config["AuthType"];
  if (!isIntrinsic(type) && type !== "AWS_IAM" && type !== "NONE") {
    throw new InvalidResource(
      id,
      "AuthType is required to configure function property `FunctionUrlConfig`. Please provide either AWS_IAM or NONE.",
    );
  }
  const cors = config["Cors"];
  if (!given(cors) || isIntrinsic(cors)) return;
  expectMap(cors, { id, path: "FunctionUrlConfig.Cors" });
  for (const [name, value] of entriesOf(cors)) {
    const kind = corsTypes[name];
    if (kind === undefined)
      throw new InvalidResource(id, `${name} is not a valid property for configuring Cors.`);
    if (!isIntrinsic(value) && !isOf(kind, value))
      throw new InvalidResource(id, `${name} must be of type ${kind}.`);
  }
}

function isOf(kind: "list" | "bool" | "int", value: unknown): boolean {
  if (kind === "list") return Array.isArray(value);
  if (typeof value === "boolean") return true;
  return kind === "int" && typeof value === "number" && Number.isInteger(value) && !isDict(value);
}
