/** The `awan` command. Each subcommand is a file of its own, loaded when it is asked for. */
import { Command, CommanderError, InvalidArgumentError } from "commander";
import { UserError } from "./output.ts";

interface GlobalOptions {
  readonly json?: boolean;
}

function port(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 0 || number > 65_535) {
    throw new InvalidArgumentError("a port is a number from 0 to 65535");
  }
  return number;
}

const withServer = (command: Command): Command =>
  command
    .option("--port <number>", "port to listen on", port, 4566)
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .option("--data <directory>", "where state is kept", ".awan")
    .option("--ephemeral", "keep no state")
    .option("--region <name>", "default region", "us-east-1")
    .option(
      "--auth [secret]",
      'require correct signatures, with this secret for keys nobody made (default: "test")',
    )
    .option("--iam", "enforce IAM: decide every call by the caller's policies")
    .option("--sandbox", "enclose functions with bubblewrap: this machine's files are read-only for them")
    .option(
      "--inspect <function>",
      "wait for a debugger on port 9229 before a function's code is loaded; may be given again",
      (name: string, names: readonly string[] | undefined) => [...(names ?? []), name],
    );

const withEndpoint = (command: Command): Command =>
  command
    .option("--endpoint <url>", "the running Awan", process.env["AWAN_ENDPOINT"] ?? "http://127.0.0.1:4566")
    .option("--region <name>", "region", "us-east-1");

/** What tests turn, in any language. */
function addTestCommands(program: Command, json: () => boolean): void {
  program
    .command("types")
    .argument("<application>", "SAM or CloudFormation template, or cdk.out")
    .option("--out <file>", "where to write (default: standard output)")
    .description("write an application's names as TypeScript types: startApp<Names>({ template })")
    .action(async (template: string, options: { readonly out?: string }) =>
      (await import("./types.ts")).types(template, options.out),
    );
  withEndpoint(program.command("faults"))
    .argument("[words...]", "list, clear, profile <name>, or on <target> <kind>")
    .description("make requests and deliveries fail, repeat, wait or swap, by rule or profile")
    .option("--seed <number>", "of what is left to chance")
    .option("--times <number>", "at most so often")
    .option("--probability <number>", "how likely each time, from 0 to 1")
    .option("--delay <duration>", "for delay: how much later")
    .option("--code <name>", "for error: which")
    .action(async (words: string[], options) =>
      (await import("./faults.ts")).faults(words, { ...options, json: json() }),
    );
  withEndpoint(program.command("snapshot"))
    .argument("<action>", "save, restore, list, export or import")
    .argument("[name]", "the snapshot; for import: the file")
    .argument("[file]", "for export: where to")
    .description("keep the cloud's state, and go back to it")
    .action(async (action: string, name: string | undefined, file: string | undefined, options) =>
      (await import("./snapshot.ts")).snapshot(action, name, file, { ...options, json: json() }),
    );
  withEndpoint(program.command("fork"))
    .argument("[action]", "list or close; without it a fork is made")
    .argument("[name]", "the fork to close")
    .description("copy the running cloud, on a port of its own")
    .option("--seed <number>", "of the copy's chance")
    .action(async (action: string | undefined, name: string | undefined, options) =>
      (await import("./snapshot.ts")).fork(action, name, { ...options, json: json() }),
    );
}

export function createProgram(): Command {
  const program = new Command("awan")
    .description("A serverless cloud in one process: AWS's wire protocols on your machine.")
    .option("--json", "print JSON lines instead of text")
    .exitOverride()
    .showHelpAfterError();
  const json = (): boolean => program.opts<GlobalOptions>().json ?? !process.stdout.isTTY;

  withServer(program.command("start"))
    .description("start Awan and serve until stopped")
    .action(async (options) => (await import("./start.ts")).start({ ...options, json: json() }));
  withServer(program.command("dev"))
    .argument(
      "[application]",
      "template, CDK project, cdk.out or serverless.yml (default: what is in this directory)",
    )
    .description("start Awan, deploy an application, and reload its functions when their sources change")
    .option("--stack-name <name>", "name of the stack (default: the template's directory)")
    .option("--parameter <name=value...>", "parameters of the template")
    .action(async (application: string | undefined, options) =>
      (await import("./dev.ts")).dev(application, { ...options, json: json() }),
    );
  withEndpoint(program.command("deploy"))
    .argument("<template>", "SAM or CloudFormation template")
    .description("deploy an application to a running Awan")
    .option("--stack-name <name>", "name of the stack (default: the template's directory)")
    .option("--parameter <name=value...>", "parameters of the template")
    .action(async (template: string, options) =>
      (await import("./deploy.ts")).deploy(template, { ...options, json: json() }),
    );
  withEndpoint(program.command("delete"))
    .argument("<stack>", "name of the stack")
    .description("delete a deployed application")
    .action(async (stack: string, options) =>
      (await import("./deploy.ts")).remove(stack, { ...options, json: json() }),
    );
  withEndpoint(program.command("env"))
    .description("print the environment variables that point AWS SDKs and tools at Awan")
    .action(async (options) =>
      (await import("./env.ts")).env({ ...options, json: program.opts<GlobalOptions>().json ?? false }),
    );
  withEndpoint(program.command("exec"))
    .argument("<command...>", "the command and its arguments, after --")
    .description("run a command with that environment")
    .action(async (command: string[], options) => (await import("./env.ts")).exec(command, options));
  withEndpoint(program.command("logs"))
    .argument("[group]", "log group (default: all of them)")
    .description("show the functions' logs")
    .option("-f, --follow", "go on until stopped")
    .action(async (group: string | undefined, options) =>
      (await import("./logs.ts")).logs(group, { ...options, json: json() }),
    );
  withEndpoint(program.command("status"))
    .description("say what is running and deployed")
    .action(async (options) => (await import("./status.ts")).status({ ...options, json: json() }));
  withEndpoint(program.command("clock"))
    .argument("<action>", "show, advance, skip (to what is due next) or until")
    .argument("[duration]", "how far: 30s, 15m, 2d; for until: an ISO date")
    .description("look at or move the cloud's clock")
    .action(async (action: string, duration: string | undefined, options) =>
      (await import("./clock.ts")).clock(action, duration, { ...options, json: json() }),
    );
  addTestCommands(program, json);
  return program;
}

/** Runs a command line. Returns the exit code: 0 done, 1 the operation failed, 2 the command line was wrong. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    await createProgram().parseAsync([...args], { from: "user" });
    return typeof process.exitCode === "number" ? process.exitCode : 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!(error instanceof UserError)) throw error;
    process.stderr.write(`awan: ${error.message}\n`);
    return 1;
  }
}
