/** `explain` and `message`. */
import { type Command, Option } from 'commander'
import { wholeNumber } from '../parse.ts'
import { type Options, type Run, finished, json } from './common.ts'

export function explainVerbs(program: Command, run: Run): void {
  const explain = program
    .command('explain <file...>')
    .summary('explain the mail conversations of a capture, line by line')
    .description(
      'Explain every mail conversation in a capture (pcap or pcapng, plain or gzip), line by line,\nwith the credentials hidden. - reads standard input.',
    )
    // Read and handed on; help names it once TLS is opened with it.
    .addOption(new Option('--keys <file>', 'TLS key log (SSLKEYLOGFILE)').hideHelp())
    .option('--conversation <n>', 'only that conversation, line by line', wholeNumber('--conversation', 1, 1e9))
    .option('--line <n>', 'one line: its bytes, its parts and the rule', wholeNumber('--line', 1, 1e9))
    .option('--full', 'wrap long lines instead of cutting them; show long listings whole')
    .option('--reveal', 'show user names, passwords and codes; for this call only')
    .addOption(json())
    .action((files: string[], options: Options) =>
      run(async (session) => (await import('../verbs/explain.ts')).explain(session, files, options)),
    )
  finished(explain, [
    'explain lab.pcapng',
    'explain lab.pcapng --conversation 2',
    'explain lab.pcapng --line 8',
    'explain lab.pcapng --json | jq .conversations[0].findings',
    'explain - < lab.pcap',
  ])
  const message = program
    .command('message <file>')
    .summary('print what one message is made of')
    .description('Read one message (.eml) and print what it is made of. - reads standard input.')
    .addOption(json())
    .action((file: string) => run(async (session) => (await import('../verbs/message.ts')).message(session, file)))
  finished(message, ['message letter.eml', 'message - --json < letter.eml'])
}
