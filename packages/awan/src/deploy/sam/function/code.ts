/** A function's code: in the template, in S3 or an image; and what kind of package that makes it. */
import { type Dict } from "../../template/value.ts";
import { InvalidResource } from "../errors.ts";
import { given, shown } from "../python/text.ts";
import { codeLocation } from "../s3-location.ts";

/** @throws InvalidResource unless exactly what the package's kind needs is there. */
export function codeOf(id: string, properties: Dict): Dict {
  const kind = given(properties["PackageType"]) ? properties["PackageType"] : "Zip";
  const refuse = (message: string): never => {
    throw new InvalidResource(id, message);
  };
  if (kind === "Image") {
    const image = properties["ImageUri"] ?? undefined;
    if (image === undefined) return refuse("'ImageUri' must be set.");
    if (!given(image)) return refuse("'ImageUri' requires that a image hosted at a registry be specified.");
    return { ImageUri: image };
  }
  if (kind !== "Zip") return refuse(`invalid 'PackageType' : ${shown(kind)}`);
  const inline = properties["InlineCode"] ?? undefined;
  const uri = properties["CodeUri"] ?? undefined;
  if (inline === undefined && uri === undefined)
    return refuse("Only one of 'InlineCode' or 'CodeUri' can be set.");
  const code = inline === undefined ? codeLocation(id, "CodeUri", uri) : { ZipFile: inline };
  return given(properties["SourceKMSKeyArn"])
    ? { ...code, SourceKMSKeyArn: properties["SourceKMSKeyArn"] }
    : code;
}

export function checkPackage(id: string, made: Dict): void {
  const refuse = (message: string): never => {
    throw new InvalidResource(id, message);
  };
  const code = made["Code"] as Dict;
  if (made["PackageType"] === "Image") {
    if (given(made["Handler"]) || given(made["Runtime"]) || given(made["Layers"])) {
      refuse("Runtime, Handler, Layers cannot be present when PackageType is of type `Image`");
    }
    return;
  }
  if (!given(made["Runtime"]) || !given(made["Handler"])) {
    refuse("Runtime and Handler needs to be present when PackageType is of type `Zip`");
  }
  if (given(code["ImageUri"]) || given(made["ImageConfig"])) {
    refuse("ImageUri or ImageConfig cannot be present when PackageType is of type `Zip`");
  }
}
