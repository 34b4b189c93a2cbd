/** Random passwords, for GetRandomPassword and the templates' `GenerateSecretString`. */
import type { Call } from "../../host/call.ts";
import { invalidParameter } from "./errors.ts";

export interface PasswordOptions {
  readonly PasswordLength?: number | undefined;
  readonly ExcludeCharacters?: string | undefined;
  readonly ExcludeNumbers?: boolean | undefined;
  readonly ExcludePunctuation?: boolean | undefined;
  readonly ExcludeUppercase?: boolean | undefined;
  readonly ExcludeLowercase?: boolean | undefined;
  readonly IncludeSpace?: boolean | undefined;
  readonly RequireEachIncludedType?: boolean | undefined;
}

export function makePassword(call: Call, options: PasswordOptions): string {
  const length = options.PasswordLength ?? 32;
  const excluded = options.ExcludeCharacters ?? "";
  const keep = (text: string): string =>
    Array.from(text)
      .filter((character) => !excluded.includes(character))
      .join("");
  const types = [
    options.ExcludeLowercase === true ? "" : keep("abcdefghijklmnopqrstuvwxyz"),
    options.ExcludeUppercase === true ? "" : keep("ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    options.ExcludeNumbers === true ? "" : keep("0123456789"),
    options.ExcludePunctuation === true ? "" : keep("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"),
    options.IncludeSpace === true ? keep(" ") : "",
  ].filter((alphabet) => alphabet !== "");
  const required = options.RequireEachIncludedType === false ? [] : types;
  if (types.length === 0 || length < required.length) {
    throw invalidParameter("The password length is too short based on the required types.");
  }
  const characters = required.map((alphabet) => call.random.text(1, alphabet));
  while (characters.length < length) characters.push(call.random.text(1, types.join("")));
  // Shuffled, so that the required ones are not always first.
  for (let index = characters.length - 1; index > 0; index -= 1) {
    const other = call.random.integer(index + 1);
    [characters[index], characters[other]] = [characters[other] as string, characters[index] as string];
  }
  return characters.join("");
}
