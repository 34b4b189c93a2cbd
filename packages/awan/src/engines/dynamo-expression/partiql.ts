/** DynamoDB's PartiQL: SELECT, INSERT, UPDATE, DELETE and the EXISTS check, parsed into what the table operations take. */
import type { Condition } from "./condition.ts";
import { validationError } from "./errors.ts";
import { ExpressionError } from "./lexer.ts";
import { malformed } from "./partiql-lexer.ts";
import { PartiqlParse } from "./partiql-values.ts";
import type { Path } from "./placeholders.ts";
import { checkOverlaps } from "./projection.ts";
import type { Update } from "./update.ts";
import type { AttributeValue, Item } from "./value.ts";

export interface SelectStatement {
  readonly kind: "select";
  readonly table: string;
  readonly index: string | undefined;
  /** Undefined for `*`. Each path's last name is its name in the result. */
  readonly paths: readonly Path[] | undefined;
  readonly where: Condition | undefined;
  readonly descending: boolean;
}

export interface InsertStatement {
  readonly kind: "insert";
  readonly table: string;
  readonly item: Item;
}

export type Returning = "ALL_OLD" | "ALL_NEW" | "UPDATED_OLD" | "UPDATED_NEW";

export interface UpdateStatement {
  readonly kind: "update";
  readonly table: string;
  readonly updates: readonly Update[];
  readonly where: Condition | undefined;
  readonly returning: Returning | undefined;
}

export interface DeleteStatement {
  readonly kind: "delete";
  readonly table: string;
  readonly where: Condition | undefined;
  readonly returning: Returning | undefined;
}

export interface ExistsStatement {
  readonly kind: "exists";
  readonly table: string;
  readonly where: Condition | undefined;
}

export type Statement =
  | SelectStatement
  | InsertStatement
  | UpdateStatement
  | DeleteStatement
  | ExistsStatement;

export function parsePartiql(text: string, parameters: readonly AttributeValue[]): Statement {
  const parse = new PartiqlParse(text, parameters);
  const statement = parseStatement(parse);
  parse.finish();
  return statement;
}

function parseStatement(parse: PartiqlParse): Statement {
  if (parse.takeKeyword("SELECT")) return select(parse);
  if (parse.takeKeyword("INSERT", "INTO")) return insert(parse);
  if (parse.takeKeyword("UPDATE")) return update(parse);
  if (parse.takeKeyword("DELETE", "FROM")) {
    const table = parse.name();
    const where = parse.takeKeyword("WHERE") ? parse.condition() : undefined;
    return { kind: "delete", table, where, returning: returning(parse) };
  }
  if (parse.takeKeyword("EXISTS")) {
    parse.expectSymbol("(");
    parse.expectKeyword("SELECT");
    const { table, where } = select(parse);
    parse.expectSymbol(")");
    return { kind: "exists", table, where };
  }
  throw malformed(`Unexpected token: ${parse.peek().text}`);
}

function select(parse: PartiqlParse): SelectStatement {
  let paths: Path[] | undefined;
  if (!parse.takeSymbol("*")) {
    paths = [parse.path()];
    while (parse.takeSymbol(",")) paths.push(parse.path());
  }
  parse.expectKeyword("FROM");
  const table = parse.name();
  const index = parse.takeSymbol(".") ? parse.name() : undefined;
  const where = parse.takeKeyword("WHERE") ? parse.condition() : undefined;
  let descending = false;
  if (parse.takeKeyword("ORDER", "BY")) {
    do {
      parse.path();
      descending = parse.takeKeyword("DESC");
      if (!descending) parse.takeKeyword("ASC");
    } while (parse.takeSymbol(","));
  }
  return { kind: "select", table, index, paths, where, descending };
}

function insert(parse: PartiqlParse): InsertStatement {
  const table = parse.name();
  parse.expectKeyword("VALUE");
  const item = parse.value().M;
  if (item === undefined) throw malformed("INSERT needs a tuple after VALUE");
  return { kind: "insert", table, item };
}

function update(parse: PartiqlParse): UpdateStatement {
  const table = parse.name();
  const updates: Update[] = [];
  for (;;) {
    if (parse.takeKeyword("SET")) {
      do updates.push(assignment(parse));
      while (parse.takeSymbol(","));
    } else if (parse.takeKeyword("REMOVE")) {
      do updates.push({ section: "REMOVE", path: parse.path() });
      while (parse.takeSymbol(","));
    } else break;
  }
  if (updates.length === 0) throw parse.unexpected();
  checkPaths(updates);
  const where = parse.takeKeyword("WHERE") ? parse.condition() : undefined;
  return { kind: "update", table, updates, where, returning: returning(parse) };
}

function checkPaths(updates: readonly Update[]): void {
  try {
    checkOverlaps(updates.map(({ path }) => path));
  } catch (error) {
    throw error instanceof ExpressionError
      ? validationError(`Invalid UpdateExpression: ${error.message}`)
      : error;
  }
}

type AssignedTerm = Extract<Update, { section: "SET" }>["term"];

function assignment(parse: PartiqlParse): Update {
  const path = parse.path();
  parse.expectSymbol("=");
  const name = parse.peek().text.toLowerCase();
  if (
    parse.peek().kind === "word" &&
    parse.isSymbol("(", 1) &&
    (name === "set_add" || name === "set_delete")
  ) {
    parse.next();
    parse.next();
    const of = parse.path();
    parse.expectSymbol(",");
    const value = parse.value();
    parse.expectSymbol(")");
    if (of.join(".") !== path.join("."))
      throw malformed(`${name} must change the attribute it is assigned to`);
    return { section: name === "set_add" ? "ADD" : "DELETE", path, value };
  }
  const left = operand(parse);
  const isPlus = parse.isSymbol("+");
  if (!isPlus && !parse.isSymbol("-")) return { section: "SET", path, term: left };
  parse.next();
  return {
    section: "SET",
    path,
    term: { kind: "arithmetic", operator: isPlus ? "+" : "-", left, right: operand(parse) },
  };
}

function operand(parse: PartiqlParse): AssignedTerm {
  if (parse.startsValue()) return { kind: "value", value: parse.value() };
  const name = parse.peek().text.toLowerCase();
  if (parse.peek().kind !== "word" || !parse.isSymbol("(", 1)) return { kind: "path", path: parse.path() };
  parse.next();
  parse.next();
  const first = operand(parse);
  parse.expectSymbol(",");
  const second = operand(parse);
  parse.expectSymbol(")");
  if (name === "list_append") return { kind: "listAppend", first, second };
  if (name === "if_not_exists" && first.kind === "path")
    return { kind: "ifNotExists", path: first.path, otherwise: second };
  throw malformed(`Unexpected function: ${name}`);
}

function returning(parse: PartiqlParse): Returning | undefined {
  if (!parse.takeKeyword("RETURNING")) return undefined;
  const isAll = parse.takeKeyword("ALL");
  if (!isAll) parse.expectKeyword("MODIFIED");
  const isOld = parse.takeKeyword("OLD");
  if (!isOld) parse.expectKeyword("NEW");
  parse.expectSymbol("*");
  return `${isAll ? "ALL" : "UPDATED"}_${isOld ? "OLD" : "NEW"}`;
}
