/** What all verbs share: their options, their examples, and how a handler is run. */
import { type Command, Option } from 'commander'
import type { Session } from '../session.ts'

/** Runs a handler; its exit status is 0 where it tells none. */
export type Run = (work: (session: Session) => Promise<number | void>) => Promise<void>

/** As commander read them; each handler knows its own. */
export type Options = Record<string, unknown>

/** Adds what every verb has, and its examples. */
export function finished(command: Command, examples: readonly string[]): Command {
  command
    .addOption(new Option('--lang <language>', 'language of the answers: en or zh-CN (default: by the locale)'))
    .addOption(new Option('--debug', 'show stack traces with errors'))
  const text = examples.map((example) => `  $ postglass ${example}`).join('\n')
  return command.addHelpText('after', `\nExamples:\n${text}\n`)
}

export const json = (): Option => new Option('--json', 'one JSON document (or one object a line) for scripts')

export const data = (): Option => new Option('--data <dir>', 'data directory (default: ./data)')

export const passwordStdin = (): Option =>
  new Option('--password-stdin', 'read the password from the first line of standard input')

/** Repeated values of one option. */
export function collect<Value>(
  read: (text: string) => Value,
): (text: string, before: readonly Value[] | undefined) => Value[] {
  return (text, before) => [...(before ?? []), read(text)]
}

/** A verb with at most one argument and no options of its own. */
export function leaf(
  parent: Command,
  form: string,
  about: string,
  examples: readonly string[],
  run: Run,
  work: (session: Session, argument: string, options: { data?: string }) => Promise<number | void>,
): void {
  const hasArgument = form.includes('<')
  const command = parent.command(form).description(about).addOption(data()).addOption(json())
  command.action((first: string | { data?: string }, second: { data?: string }) => {
    const argument = typeof first === 'string' ? first : ''
    const options = hasArgument ? second : (first as { data?: string })
    return run((session) => work(session, argument, options))
  })
  finished(command, examples)
}

/** A verb that only has verbs under it. */
export function group(program: Command, name: string, about: string, examples: readonly string[]): Command {
  const command = program.command(name).description(about).helpCommand(false).addOption(json().hideHelp())
  return finished(command, examples)
}
