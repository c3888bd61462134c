/** `up`. */
import type { Command } from 'commander'
import { listenAt, wholeNumber } from '../parse.ts'
import { type Options, type Run, collect, data, finished, json } from './common.ts'

export function upVerb(program: Command, run: Run): void {
  const up = program
    .command('up')
    .summary('run the mail host')
    .description('Run the mail host: SMTP (2525, 2587, 2465) and POP3 (2110, 2995) on 127.0.0.1.')
    .option('--config <file>', 'configuration (TOML)')
    .option(
      '--listen <protocol=address:port...>',
      'listen there instead of the defaults; may be repeated',
      collect(listenAt),
    )
    .option('--shift <n>', 'move all default ports up by N', wholeNumber('--shift', 0, 60_000))
    .option('--record <who...>', 'record connections: off, all or accounts', collect(String))
    .option('--demo', 'make north.test with alice and bob, send one message and explain it')
    .addOption(data())
    .addOption(json())
    .action((options: Options) => run(async (session) => (await import('../up/up.ts')).up(session, options)))
  finished(up, [
    'up --demo',
    'up --data /var/lib/postglass --config postglass.toml',
    'up --listen smtp=0.0.0.0:25 --listen submissions=0.0.0.0:465',
    'up --json --listen smtp=127.0.0.1:0',
  ])
}
