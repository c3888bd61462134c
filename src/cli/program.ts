/** Every verb with its options and its help, as commander takes it. Handlers are loaded when their verb is called. */
import { Command, type CommanderError, Option } from 'commander'
import { Fault } from './fault.ts'
import { nearest } from './nearest.ts'
import { clientVerbs } from './program/client.ts'
import type { Run } from './program/common.ts'
import { explainVerbs } from './program/explain.ts'
import { peopleVerbs } from './program/people.ts'
import { careVerbs, storyVerbs } from './program/stories.ts'
import { upVerb } from './program/up.ts'
import { version } from './version.ts'

/** The whole program. Help goes to `writeHelp`; errors are thrown, see `readingFault`. */
export function buildProgram(run: Run, writeHelp: (text: string) => void): Command {
  const program = new Command('postglass')
    .description('The mail system you can see through: a mail host, and the microscope for mail conversations.')
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ writeOut: writeHelp, writeErr: () => {}, getOutHelpWidth: () => 100 })
    .addOption(new Option('--lang <language>', 'language of the answers: en or zh-CN (default: by the locale)'))
    .addOption(new Option('--debug', 'show stack traces with errors'))
  upVerb(program, run)
  explainVerbs(program, run)
  clientVerbs(program, run)
  peopleVerbs(program, run)
  storyVerbs(program, run)
  careVerbs(program, run)
  program.addHelpText(
    'after',
    `
Examples:
  $ postglass up --demo                 a mail host of its own, and one message explained
  $ postglass explain lab.pcapng        a capture, line by line
  $ postglass explain --help            every command has examples

Exit status: 0 done, 1 the answer is no, 2 input cannot be read, 3 the machine or the net says no, 64 wrong use.
`,
  )
  return program
}

function verbAt(program: Command, args: readonly string[]): Command {
  let command = program
  for (const arg of args) {
    if (arg.startsWith('-')) continue
    const next = command.commands.find((one) => one.name() === arg)
    if (next === undefined) break
    command = next
  }
  return command
}

function nameOf(command: Command): string {
  return command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`
}

const quoted = (message: string): string => /'([^']*)'/.exec(message)?.[1] ?? ''

/** What commander found wrong, as one of our faults; undefined where it showed help or the version. */
export function readingFault(error: CommanderError, program: Command, args: readonly string[]): Fault | undefined {
  const command = verbAt(program, args)
  const verb = nameOf(command)
  const word = quoted(error.message)
  switch (error.code) {
    case 'commander.helpDisplayed':
    case 'commander.version':
      return undefined
    case 'commander.help':
      return new Fault('missing-argument', { name: 'a command', verb })
    case 'commander.unknownOption': {
      const known = command.options.flatMap((option) => (option.long === undefined ? [] : [option.long]))
      return new Fault('unknown-option', { word, near: nearest(word, [...known, '--help']) ?? '', verb })
    }
    case 'commander.unknownCommand':
      return new Fault('unknown-verb', {
        word,
        near:
          nearest(
            word,
            command.commands.map((one) => one.name()),
          ) ?? '',
        verb,
      })
    case 'commander.excessArguments':
      return new Fault('too-many-arguments', { word: args.at(-1) ?? '', verb })
    case 'commander.optionMissingArgument':
    case 'commander.missingArgument':
    case 'commander.missingMandatoryOptionValue':
    default:
      return new Fault('missing-argument', { name: word === '' ? error.message : word, verb })
  }
}
