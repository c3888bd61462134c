/** `send` and `fetch`. */
import type { Command } from 'commander'
import { hostPort, oneWord } from '../parse.ts'
import { type Run, finished, json, passwordStdin } from './common.ts'

export function clientVerbs(program: Command, run: Run): void {
  const shown = () => import('../verbs/client.ts')
  const tls = oneWord('--tls', ['on', 'starttls', 'off'])
  const withServer = (command: Command): Command =>
    command
      .option('--server <host:port>', 'the server', hostPort)
      .option('--user <name>', 'sign in as')
      .option('--tls <how>', 'on, starttls or off (off: this machine only)', tls)
      .option('--ca <file>', 'trust this certificate (PEM)')
      .addOption(passwordStdin())
  finished(
    withServer(
      program
        .command('send [file]')
        .summary('send one message')
        .description('Send one message by SMTP. FILE is a message or a plain text; - reads standard input.')
        .requiredOption('--from <address>', 'envelope sender')
        .requiredOption('--to <address...>', 'recipients')
        .option('--subject <text>', 'subject of a plain text'),
    )
      .option('--insecure', 'let --tls off reach other machines; everything is readable on the way')
      .addOption(json())
      .action((file: string | undefined, options: Parameters<Awaited<ReturnType<typeof shown>>['send']>[2]) =>
        run(async (session) => (await shown()).send(session, file, options)),
      ),
    [
      'send --from alice@north.test --to bob@north.test --subject Hello letter.txt --server 127.0.0.1:2587 --user alice@north.test --tls off',
      'send --from alice@north.test --to bob@north.test --server mail.north.test:2587 --user alice@north.test --ca data/tls/certificate.pem letter.eml',
    ],
  )
  finished(
    withServer(
      program
        .command('fetch <address>')
        .summary('fetch the mail of an account')
        .description('Fetch the mail of an account by POP3, to the terminal or into a folder.')
        .option('--protocol <name>', 'pop3', oneWord('--protocol', ['pop3', 'imap'])),
    )
      .option('--delete', 'delete what was fetched')
      .option('--out <dir>', 'write each message into this folder as a file')
      .option('--insecure', 'let --tls off reach other machines; everything is readable on the way')
      .addOption(json())
      .action((address: string, options: Parameters<Awaited<ReturnType<typeof shown>>['fetch']>[2]) =>
        run(async (session) => (await shown()).fetch(session, address, options)),
      ),
    [
      'fetch bob@north.test --server 127.0.0.1:2110 --tls off --out mail',
      'fetch bob@north.test --server mail.north.test:2995 --ca data/tls/certificate.pem',
    ],
  )
}
