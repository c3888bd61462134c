/** `domain`, `account`, `alias`, `code`: asks for what is needed, performs the verb, shows its answer. */
import type { Mode, Scope } from '../../store/contract.ts'
import type { Session } from '../session.ts'
import { ink } from '../terminal/ink.ts'
import { inert } from '../terminal/inert.ts'
import { paragraph } from '../terminal/layout.ts'
import { tableRows } from '../terminal/table.ts'
import { verbWords } from '../words/verbs.ts'
import type { CodeDocument, DoneDocument } from './documents.ts'
import { readPassword } from './password.ts'
import { dataFolder, performAll, performOne } from './reach.ts'
import type { StoreVerbName, StoreVerbs } from './store-verb.ts'

export interface DataOption {
  readonly data?: string
}

/** The document for programs, a sentence for people. */
async function answer(session: Session, document: unknown, sentence: string): Promise<void> {
  if (session.json) await session.document(document)
  else await session.show(paragraph('text', inert(sentence), 0, session.look.columns))
}

/** Performs and shows a verb with one answer. */
async function one<Name extends StoreVerbName>(
  session: Session,
  options: DataOption,
  verb: Name,
  args: StoreVerbs[Name]['args'],
  sentence: (document: StoreVerbs[Name]['row']) => string,
): Promise<void> {
  const document = await performOne(session, dataFolder(session, options.data), verb, args)
  await answer(session, document, sentence(document))
}

/** Performs and shows a verb with a short list: one document, or a table. */
async function list<Name extends StoreVerbName>(
  session: Session,
  options: DataOption,
  verb: Name,
  args: StoreVerbs[Name]['args'],
  how: {
    readonly name: string
    readonly head: readonly string[]
    readonly cells: (row: StoreVerbs[Name]['row']) => string[]
  },
): Promise<void> {
  const rows = await performAll(session, dataFolder(session, options.data), verb, args)
  if (session.json) await session.document({ schema: `postglass/${how.name}/1`, [how.name]: rows })
  else if (rows.length === 0) await session.show([[ink('quiet', verbWords[session.language].none)]])
  else await session.show(tableRows(how.head, rows.map(how.cells)))
}

const words = (session: Session) => verbWords[session.language]
const doneText =
  (session: Session) =>
  (document: DoneDocument): string =>
    words(session).doneText(document)

export function domainAdd(session: Session, name: string, options: DataOption & { mode?: Mode }): Promise<void> {
  return one(session, options, 'domain add', { name, mode: options.mode ?? null }, (domain) =>
    words(session).domainAdded(domain.name, words(session).mode(domain.mode)),
  )
}

export function domainList(session: Session, options: DataOption): Promise<void> {
  return list(
    session,
    options,
    'domain list',
    {},
    {
      name: 'domains',
      head: words(session).domainHead,
      cells: ({ name, mode, accounts }) => [name, words(session).mode(mode), String(accounts)],
    },
  )
}

export function domainRemove(session: Session, name: string, options: DataOption): Promise<void> {
  return one(session, options, 'domain remove', { name }, doneText(session))
}

export interface PasswordOption extends DataOption {
  readonly passwordStdin?: boolean
}

export async function accountAdd(session: Session, address: string, options: PasswordOption): Promise<void> {
  const password = await readPassword(session, address, { fromStdin: options.passwordStdin === true, twice: true })
  await one(session, options, 'account add', { address, password }, (account) =>
    words(session).accountAdded(account.address),
  )
}

export async function accountPassword(session: Session, address: string, options: PasswordOption): Promise<void> {
  const password = await readPassword(session, address, { fromStdin: options.passwordStdin === true, twice: true })
  await one(session, options, 'account password', { address, password }, (account) =>
    words(session).passwordChanged(account.address),
  )
}

export function accountList(session: Session, options: DataOption): Promise<void> {
  const { disabled, active } = words(session)
  return list(
    session,
    options,
    'account list',
    {},
    {
      name: 'accounts',
      head: words(session).accountHead,
      cells: (account) => [
        account.address,
        String(account.messages),
        String(account.bytes),
        account.disabled ? disabled : active,
      ],
    },
  )
}

export function accountDisable(session: Session, address: string, options: DataOption): Promise<void> {
  return one(session, options, 'account disable', { address }, (account) =>
    words(session).accountDisabled(account.address),
  )
}

export function accountDelete(session: Session, address: string, options: DataOption): Promise<void> {
  return one(session, options, 'account delete', { address }, doneText(session))
}

export function aliasAdd(
  session: Session,
  address: string,
  options: DataOption & { to: readonly string[] },
): Promise<void> {
  return one(session, options, 'alias add', { address, to: options.to }, (alias) =>
    words(session).aliasAdded(alias.address, alias.to),
  )
}

export function aliasList(session: Session, options: DataOption): Promise<void> {
  return list(
    session,
    options,
    'alias list',
    {},
    {
      name: 'aliases',
      head: words(session).aliasHead,
      cells: ({ address, to }) => [address, to.join(', ')],
    },
  )
}

export function aliasDelete(session: Session, address: string, options: DataOption): Promise<void> {
  return one(session, options, 'alias delete', { address }, doneText(session))
}

export interface CodeOptions extends DataOption {
  readonly label: string
  readonly scope: readonly Scope[]
  readonly token?: boolean
  readonly expires?: Date
}

export async function codeAdd(session: Session, address: string, options: CodeOptions): Promise<void> {
  const { label, scope, token = false, expires } = options
  const args = { address, label, scope, token, expires: expires?.toISOString() ?? null }
  const document = await performOne(session, dataFolder(session, options.data), 'code add', args)
  if (session.json) return session.document(document)
  const { codeAdded, tokenAdded, codeOnce } = words(session)
  await session.show([
    [ink('text', (token ? tokenAdded : codeAdded)(document.address))],
    [ink('secret', `  ${document.code ?? ''}`)],
    ...paragraph('quiet', codeOnce, 0, session.look.columns),
  ])
}

const day = (time: string): string => time.slice(0, 16).replace('T', ' ')

function stateOf(session: Session, code: CodeDocument): string {
  const { revoked, expired, until, active } = words(session)
  if (code.revoked !== null) return revoked
  if (code.expires === null) return active
  return (new Date(code.expires) <= session.world.now() ? expired : until)(day(code.expires))
}

export function codeList(session: Session, address: string, options: DataOption): Promise<void> {
  return list(
    session,
    options,
    'code list',
    { address },
    {
      name: 'codes',
      head: words(session).codeHead,
      cells: (code) => [
        code.id,
        code.scope.join(','),
        stateOf(session, code),
        code.lastUsed === null ? words(session).never : `${day(code.lastUsed.at)} ${code.lastUsed.address}`,
        code.label,
      ],
    },
  )
}

export function codeRevoke(session: Session, id: string, options: DataOption): Promise<void> {
  return one(session, options, 'code revoke', { id }, (code) => words(session).codeRevoked(code.id))
}
