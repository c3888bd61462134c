/** `domain`, `account`, `alias` and `code`. */
import type { Command } from 'commander'
import { expiry, oneWord, scopeList } from '../parse.ts'
import { type Options, type Run, data, finished, group, json, leaf, passwordStdin } from './common.ts'

const shown = () => import('../verbs/people-shown.ts')

export function peopleVerbs(program: Command, run: Run): void {
  domainVerbs(program, run)
  accountVerbs(program, run)
  aliasVerbs(program, run)
  codeVerbs(program, run)
}

function domainVerbs(program: Command, run: Run): void {
  const modes = oneWord('--mode', ['lab', 'test', 'production'])
  const domain = group(program, 'domain', 'Domains that are served here.', ['domain add north.test', 'domain list'])
  finished(
    domain
      .command('add <name>')
      .description('Serve a domain. Names under .test are labs, others production; a mode is fixed when it is added.')
      .option('--mode <mode>', 'lab, test or production', modes)
      .addOption(data())
      .addOption(json())
      .action((name: string, options: Options) =>
        run(async (session) => (await shown()).domainAdd(session, name, options)),
      ),
    ['domain add north.test', 'domain add example.org --mode production --data /var/lib/postglass'],
  )
  leaf(domain, 'list', 'List the domains.', ['domain list', 'domain list --json'], run, async (session, _, options) =>
    (await shown()).domainList(session, options),
  )
  leaf(
    domain,
    'remove <name>',
    'Stop serving a domain that is empty.',
    ['domain remove north.test'],
    run,
    async (session, name, options) => (await shown()).domainRemove(session, name, options),
  )
}

function accountVerbs(program: Command, run: Run): void {
  const account = group(program, 'account', 'Accounts: people with a mailbox.', [
    'account add alice@north.test',
    'account list',
  ])
  finished(
    account
      .command('add <address>')
      .description('Make an account. The password opens its settings; mail clients need a code (see code add).')
      .addOption(passwordStdin())
      .addOption(data())
      .addOption(json())
      .action((address: string, options: Options) =>
        run(async (session) => (await shown()).accountAdd(session, address, options)),
      ),
    ['account add alice@north.test', 'account add alice@north.test --password-stdin < password.txt'],
  )
  finished(
    account
      .command('password <address>')
      .description('Change the password of an account.')
      .addOption(passwordStdin())
      .addOption(data())
      .addOption(json())
      .action((address: string, options: Options) =>
        run(async (session) => (await shown()).accountPassword(session, address, options)),
      ),
    ['account password alice@north.test'],
  )
  leaf(account, 'list', 'List the accounts.', ['account list'], run, async (session, _, options) =>
    (await shown()).accountList(session, options),
  )
  leaf(
    account,
    'disable <address>',
    'Let nobody sign in to an account; mail still arrives.',
    ['account disable alice@north.test'],
    run,
    async (session, address, options) => (await shown()).accountDisable(session, address, options),
  )
  leaf(
    account,
    'delete <address>',
    'Delete an account with its mail, codes and stories.',
    ['account delete alice@north.test'],
    run,
    async (session, address, options) => (await shown()).accountDelete(session, address, options),
  )
}

function aliasVerbs(program: Command, run: Run): void {
  const alias = group(program, 'alias', 'Addresses that lead to accounts.', [
    'alias add info@north.test --to alice@north.test',
    'alias list',
  ])
  finished(
    alias
      .command('add <address>')
      .description('Lead an address to one or more accounts.')
      .requiredOption('--to <address...>', 'the accounts')
      .addOption(data())
      .addOption(json())
      .action((address: string, options: Options & { to: string[] }) =>
        run(async (session) => (await shown()).aliasAdd(session, address, options)),
      ),
    [
      'alias add info@north.test --to alice@north.test',
      'alias add all@north.test --to alice@north.test bob@north.test',
    ],
  )
  leaf(alias, 'list', 'List the aliases.', ['alias list'], run, async (session, _, options) =>
    (await shown()).aliasList(session, options),
  )
  leaf(
    alias,
    'delete <address>',
    'Delete an alias.',
    ['alias delete info@north.test'],
    run,
    async (session, address, options) => (await shown()).aliasDelete(session, address, options),
  )
}

function codeVerbs(program: Command, run: Run): void {
  const code = group(program, 'code', 'Authorization codes: what mail clients sign in with.', [
    'code add alice@north.test --label Thunderbird --scope smtp,pop3',
    'code list alice@north.test',
  ])
  finished(
    code
      .command('add <address>')
      .description('Make a code of 16 letters for one mail client. It is shown once.')
      .requiredOption('--label <text>', 'what it is for, such as the name of the client')
      .requiredOption('--scope <protocols>', 'what it opens: smtp,pop3,imap', scopeList)
      .option('--token', 'a token of 43 characters for XOAUTH2 and OAUTHBEARER instead')
      .option('--expires <date>', 'the last day it works, such as 2027-01-31', expiry)
      .addOption(data())
      .addOption(json())
      .action((address: string, options: Parameters<Awaited<ReturnType<typeof shown>>['codeAdd']>[2]) =>
        run(async (session) => (await shown()).codeAdd(session, address, options)),
      ),
    [
      'code add alice@north.test --label Thunderbird --scope smtp,pop3',
      'code add alice@north.test --label script --scope smtp --expires 2027-01-31',
    ],
  )
  leaf(
    code,
    'list <address>',
    'List the codes of an account, with their last use.',
    ['code list alice@north.test'],
    run,
    async (session, address, options) => (await shown()).codeList(session, address, options),
  )
  leaf(
    code,
    'revoke <id>',
    'Revoke a code: no client signs in with it any more.',
    ['code revoke ID'],
    run,
    async (session, id, options) => (await shown()).codeRevoke(session, id, options),
  )
}
