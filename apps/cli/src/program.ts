import { openTokenFile } from "@watchword/auth/token-file";
import { Command as Commander, CommanderError, type OutputConfiguration } from "commander";
import { version } from "../package.json";
import { CliError, exitCodes, usageError } from "./cli-error.ts";
import type { Command } from "./command.ts";
import { listFiles, removeFile } from "./commands/files.ts";
import { getFile } from "./commands/get.ts";
import { login } from "./commands/login.ts";
import { logout } from "./commands/logout.ts";
import { putFiles } from "./commands/put.ts";
import { whoami } from "./commands/whoami.ts";
import { connect } from "./connection.ts";
import { defaultUrl, type Env } from "./env.ts";
import { explain } from "./explain.ts";
import { createPrinter, mark, type Printer } from "./print.ts";
import { readServerUrl } from "./server-url.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Runs one command line, and prints its result or error.
 *
 * @returns the exit code, as listed in `--help`
 */
export async function run(argv: readonly string[], terminal: Terminal, env: Env): Promise<number> {
  const json = wantsJson(argv);
  const printer = createPrinter(terminal, { json, color: env.color });
  let url = env.url;
  const heldBack: string[] = [];
  const output = {
    writeOut: (text: string) => terminal.stdout.write(text),
    writeErr: (text: string) => heldBack.push(text),
  };
  const program = createProgram(env, output, async (work) => {
    url = readServerUrl(program.opts<{ url: string }>().url, env);
    const tokenFile = openTokenFile({ path: tokenFileOf(env), warn: printer.note });
    await work({ terminal, printer, json, connection: connect({ url, tokenFile, delay: terminal.delay }) });
  });
  try {
    await program.parseAsync(argv, { from: "user" });
    return 0;
  } catch (error) {
    if (!json && isHelp(error)) {
      terminal.stderr.write(heldBack.join(""));
      return exitCodes.usage;
    }
    return report(error, { url, printer, help: helpFor(program, argv) });
  }
}

/** A line without a command: it prints the help, and fails for a script that forgot the command. */
function isHelp(error: unknown): boolean {
  return error instanceof CommanderError && error.code === "commander.help";
}

function tokenFileOf({ tokenFile }: Env): string {
  if (tokenFile !== undefined) return tokenFile;
  throw new CliError("There is no home folder to keep a login in", {
    reason: "token_file_unusable",
    next: "Set HOME to a whole path, or name a file in WATCHWORD_TOKEN_FILE",
  });
}

/** Read from the raw arguments, so that also an error of the parser is printed as JSON. */
function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf("--");
  return argv.slice(0, end === -1 ? argv.length : end).includes("--json");
}

function report(error: unknown, { url, printer, help }: { url: string; printer: Printer; help: string }): number {
  if (error instanceof CommanderError && error.exitCode === 0) return 0;
  const failure = error instanceof CommanderError ? asUsage(error, help) : explain(error, url);
  printer.error(failure);
  return failure.exitCode;
}

function asUsage({ code, message }: CommanderError, help: string): CliError {
  const sentence = code === "commander.help" ? "Which command?" : message.replace(/^error: /, "").replace(/\s+/g, " ");
  return usageError(sentence.charAt(0).toUpperCase() + sentence.slice(1), help);
}

/** The help of the command, where its name is valid. */
function helpFor(program: Commander, argv: readonly string[]): string {
  const meant = program.commands.find((command) => command.name() === argv.find((word) => !word.startsWith("-")));
  return `watchword ${meant ? `${meant.name()} ` : ""}--help`;
}

type Perform = (work: (command: Command) => Promise<void>) => Promise<void>;

function createProgram(env: Env, output: OutputConfiguration, perform: Perform): Commander {
  const program = new Commander("watchword")
    .description(`${mark}  Watchword: log in, and keep your files, from a terminal`)
    .version(version, "--version", "say which version this is")
    .helpOption("-h, --help", "say how a command is used")
    .helpCommand(false)
    .option("--url <address>", "the app to talk to", env.url)
    .option("--json", "answer in JSON, one object on one line; failures too, on stderr")
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput(output);
  addSessionCommands(program, perform);
  addFileCommands(program, perform);
  return program.addHelpText("after", helpEnd);
}

function addSessionCommands(program: Commander, perform: Perform): void {
  program
    .command("login")
    .description("log in, and keep the tokens in a file that only you can read")
    .argument("[identifier]", "your username or email; asked for when it is left out")
    .option("--password-stdin", "read the password from a pipe instead of asking for it")
    .option("--code-stdin", "with --password-stdin: the last line of the pipe is the code of a second factor")
    .option("--method <name>", "which second factor the code is of, where the account has several")
    .action((identifier: string | undefined, given: { passwordStdin?: true; codeStdin?: true; method?: string }) => {
      const { passwordStdin = false, codeStdin = false, method } = given;
      return perform((command) => login(command, { identifier, passwordStdin, codeStdin, method }));
    });
  program
    .command("whoami")
    .description("say who is logged in")
    .action(() => perform(whoami));
  program
    .command("logout")
    .description("end the session on the server, and forget its tokens")
    .option("--local", "only forget the tokens, where the server is out of reach")
    .action(({ local = false }: { local?: boolean }) => perform((command) => logout(command, { local })));
}

function addFileCommands(program: Commander, perform: Perform): void {
  const files = program.command("files").description("your own files on the server").helpCommand(false);
  files
    .command("ls")
    .description("list them, newest first")
    .action(() => perform(listFiles));
  files
    .command("put")
    .description("upload files")
    .argument("<path...>", "the files; - reads one from stdin, and needs --name")
    .option("--name <name>", "another name for the file there")
    .action((paths: string[], { name }: { name?: string }) => perform((command) => putFiles(command, { paths, name })));
  files
    .command("get")
    .description("download a file")
    .argument("<id or name>")
    .option("-o, --output <path>", "where to put it; - writes it to stdout")
    .option("--force", "replace what is there")
    .action((wanted: string, { output, force = false }: { output?: string; force?: boolean }) =>
      perform((command) => getFile(command, { wanted, output, force })),
    );
  files
    .command("rm")
    .description("delete a file")
    .argument("<id or name>")
    .action((wanted: string) => perform((command) => removeFile(command, wanted)));
}

const helpEnd = `
Environment:
  WATCHWORD_URL         the app to talk to (${defaultUrl})
  WATCHWORD_TOKEN_FILE  where logins are kept (~/.config/watchword/tokens.json)
  WATCHWORD_ALLOW_HTTP  1: talk to other machines without encryption
  NO_COLOR              anything: no colours

Exit codes:
  0  done
  1  refused, or not possible just now; the login is kept
  2  the command was called in a way that it does not know, or without a command
  3  not logged in, or not any more
  130, 143, 129  stopped: by Ctrl-C, by SIGTERM, by a terminal that was closed
`;
