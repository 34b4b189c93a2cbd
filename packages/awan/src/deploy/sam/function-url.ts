/** FunctionUrlConfig: the URL, and the permissions that let anyone call it when it asks for none. */
import { type Dict, isDict, isIntrinsic } from "../template/value.ts";
import { InvalidResource } from "./errors.ts";
import { derivedAttributes, isNoValue, make, type Made, ref, type SamResource } from "./sam.ts";

export function functionUrl({ id, raw, properties }: SamResource, aliasId: string | undefined): Made[] {
  const config = properties["FunctionUrlConfig"];
  if (config === undefined || config === null) return [];
  if (!isDict(config)) throw new InvalidResource(id, "Property 'FunctionUrlConfig' should be a map.");
  checkUrl(id, config);
  const called = ref(aliasId ?? id);
  const type = config["AuthType"];
  const attributes = derivedAttributes(raw);
  const url = make(
    `${id}Url`,
    "AWS::Lambda::Url",
    { TargetFunctionArn: called, AuthType: type, Cors: config["Cors"], InvokeMode: config["InvokeMode"] },
    attributes,
  );
  if (type !== "NONE") return [url];
  return [
    url,
    make(
      `${id}UrlPublicPermissions`,
      "AWS::Lambda::Permission",
      { Action: "lambda:InvokeFunctionUrl", FunctionName: called, Principal: "*", FunctionUrlAuthType: type },
      attributes,
    ),
    make(
      `${id}URLInvokeAllowPublicAccess`,
      "AWS::Lambda::Permission",
      { Action: "lambda:InvokeFunction", FunctionName: called, Principal: "*", InvokedViaFunctionUrl: true },
      attributes,
    ),
  ];
}

function checkUrl(id: string, config: Dict): void {
  const type = config["AuthType"];
  if (type && isIntrinsic(type)) return;
  if (type !== "AWS_IAM" && type !== "NONE") {
    throw new InvalidResource(
      id,
      "AuthType is required to configure function property `FunctionUrlConfig`. Please provide either AWS_IAM or NONE.",
    );
  }
  const cors = config["Cors"];
  if (cors === undefined || cors === null || isNoValue(cors) || isIntrinsic(cors)) return;
  if (!isDict(cors)) {
    throw new InvalidResource(id, "Invalid type for 'Cors'. It must be a dictionary.");
  }
  const listed = ["AllowOrigins", "AllowMethods", "AllowHeaders", "ExposeHeaders"];
  const unknown = Object.keys(cors).find((key) => ![...listed, "AllowCredentials", "MaxAge"].includes(key));
  if (unknown !== undefined) {
    throw new InvalidResource(id, `${unknown} is not a valid property for configuring Cors.`);
  }
  for (const name of listed) {
    const value = cors[name];
    if (value !== undefined && !Array.isArray(value) && !isIntrinsic(value)) {
      throw new InvalidResource(id, `${name} must be of type list.`);
    }
  }
}
