/** The command line: reads the arguments, runs the verb, ends with the exit status of the contract. */
import { CommanderError } from 'commander'
import { Fault } from './fault.ts'
import { buildProgram, readingFault } from './program.ts'
import { openSession } from './session.ts'
import type { Manner, Session } from './session.ts'
import { languageOf } from './words/words.ts'
import type { Language } from './words/words.ts'
import { OutputClosed, processWorld } from './world.ts'
import type { World } from './world.ts'

/** The value of `--name VALUE` or `--name=VALUE`, wherever it stands before `--`. */
function valueOf(args: readonly string[], name: string): string | undefined {
  const at = args.findIndex((arg) => arg === name || arg.startsWith(`${name}=`))
  const found = at < 0 ? undefined : args[at]
  return found?.includes('=') === true ? found.slice(name.length + 1) : at < 0 ? undefined : args[at + 1]
}

/** How this run answers is known before anything else is read, so that wrong use is told in the right manner too. */
function mannerOf(args: readonly string[], world: World): Manner & { wrongLanguage?: string } {
  const end = args.indexOf('--')
  const own = end < 0 ? args : args.slice(0, end)
  const named = valueOf(own, '--lang')
  const language: Language | undefined = /^zh/i.test(named ?? '')
    ? 'zh-CN'
    : /^en/i.test(named ?? '')
      ? 'en'
      : undefined
  return {
    language: language ?? languageOf(world.env),
    json: own.includes('--json'),
    debug: own.includes('--debug'),
    ...(named !== undefined && language === undefined ? { wrongLanguage: named } : {}),
  }
}

/** Runs one command; resolves with its exit status. */
export async function main(args: readonly string[], world: World): Promise<number> {
  const manner = mannerOf(args, world)
  const session = openSession(world, manner)
  try {
    if (manner.wrongLanguage !== undefined)
      throw new Fault('bad-value', { option: '--lang', value: manner.wrongLanguage, want: 'en, zh-CN' })
    return await perform(args, session)
  } catch (thrown) {
    if (thrown instanceof OutputClosed) return 0
    const { faultOf } = await import('./control/trouble.ts')
    try {
      return await session.complain(faultOf(thrown))
    } catch (second) {
      if (second instanceof OutputClosed) return 0
      throw second
    }
  }
}

async function perform(args: readonly string[], session: Session): Promise<number> {
  let status = 0
  let help = ''
  const program = buildProgram(
    async (work) => {
      status = (await work(session)) ?? 0
    },
    (text) => (help += text),
  )
  if (args.length === 0) program.outputHelp()
  try {
    if (args.length > 0) await program.parseAsync(args, { from: 'user' })
    else status = 64
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown
    const fault = readingFault(thrown, program, args)
    if (fault !== undefined) throw fault
  }
  if (help !== '') await session.world.stdout.write(help)
  return status
}

/** Runs the command of this process. */
export async function start(): Promise<void> {
  process.exitCode = await main(process.argv.slice(2), processWorld())
}

if (import.meta.main) await start()
