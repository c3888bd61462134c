/** The AUTHORIZATION state: who is there. USER and PASS, AUTH, CAPA. RFC 1939 §4 and §7, RFC 5034, RFC 2449 §5. */
import { capability, printCapability } from '../../wire/pop3/reply.ts'
import type { Pop3Command } from '../../wire/pop3/words.ts'
import type { Admitted } from '../../access/contract.ts'
import { beginSignIn, judge, noteAdmitted, noteRefused, type SignInRefused, type SignInStep } from '../sign-in.ts'
import { error, ok, okWith, type Pop3Context, type Told } from './context.ts'
import { Maildrop } from './maildrop.ts'

/** A name, known here or not: the answer is the same. */
export function user(context: Pop3Context, command: Pop3Command & { verb: 'USER' }): Told {
  const { access } = context.connection.host
  // before the password is asked for, so that it does not cross in clear for nothing
  if (!access.allowsInClear(command.name, context.connection.peer))
    return refuse(context, {
      what: 'refused',
      why: 'encryption',
      log: 'that account may not sign in without TLS from there',
    })
  return ok('Password please')
}

export async function pass(context: Pop3Context, command: Pop3Command & { verb: 'PASS' }): Promise<Told> {
  const credential = {
    kind: 'password',
    method: 'USER/PASS',
    user: context.talk.user ?? '',
    authorizeAs: undefined,
    password: command.password,
  } as const
  return tell(context, await judge(context.connection, 'pop3', credential))
}

export function auth(context: Pop3Context, command: Pop3Command & { verb: 'AUTH' }): Told | Promise<Told> {
  if (command.mechanism === undefined) {
    const names = context.connection.host.access.offered(context.connection.peer)
    return okWith('Mechanisms follow', names.map((name) => `${name}\r\n`).join(''))
  }
  const begun = beginSignIn(context.connection, 'pop3', command.mechanism)
  if ('what' in begun) return tell(context, begun)
  context.signIn = begun
  return tellSoon(context, begun.start(command.initial))
}

export function answer(context: Pop3Context, command: Pop3Command & { verb: 'answer' }): Told | Promise<Told> {
  const { signIn } = context
  if (!signIn) return error('Nothing was asked')
  return tellSoon(context, signIn.answer(command.response, command.cancel))
}

export function capa(context: Pop3Context): Told {
  const { host, peer } = context.connection
  const mechanisms = host.access.offered(peer)
  const list = [
    capability('TOP'),
    capability('UIDL'),
    capability('RESP-CODES'),
    capability('AUTH-RESP-CODE'),
    capability('PIPELINING'),
    // USER asks for the name first, as LOGIN does
    ...(mechanisms.includes('LOGIN') ? [capability('USER')] : []),
    ...(mechanisms.length > 0 ? [capability('SASL', ...mechanisms)] : []),
    ...(peer.sealed || context.maildrop ? [] : [capability('STLS')]),
    capability('UTF8', 'USER'),
    capability('EXPIRE', 'NEVER'),
    capability('IMPLEMENTATION', 'Postglass'),
  ]
  return okWith('Capabilities follow', list.map((one) => `${printCapability(one)}\r\n`).join(''))
}

function tellSoon(context: Pop3Context, step: SignInStep | Promise<SignInStep>): Told | Promise<Told> {
  return step instanceof Promise ? step.then((made) => tell(context, made)) : tell(context, step)
}

function tell(context: Pop3Context, step: SignInStep): Told {
  switch (step.what) {
    case 'challenge':
      return { reply: { status: 'continue', data: step.data } }
    case 'admitted':
      context.signIn = undefined
      return enter(context, step)
    case 'refused':
      context.signIn = undefined
      return refuse(context, step)
  }
}

/** The maildrop is opened, under its lock, and numbered. */
function enter(context: Pop3Context, admitted: Admitted): Told {
  const { connection } = context
  const maildrop = Maildrop.open(connection.host, admitted.account.id)
  if (!maildrop) {
    noteRefused(connection, `the maildrop of ${admitted.account.address} is held by another session`)
    return error('The maildrop is held by another session', 'IN-USE')
  }
  context.maildrop = maildrop
  noteAdmitted(connection, admitted)
  connection.line.limitSilence(connection.host.limits.maildropSilenceMs)
  return ok(`${maildrop.count} messages (${maildrop.bytes} octets)`)
}

function refuse(context: Pop3Context, refused: SignInRefused): Told {
  const { connection } = context
  if (refused.why === 'cancelled') return error('Cancelled')
  noteRefused(connection, refused.log)
  context.failedSignIns += 1
  const told = replyTo(refused)
  return context.failedSignIns < connection.host.limits.failedSignIns ? told : context.last(told)
}

/** One text for all that is wrong with a credential. [AUTH]: ask the user again; [SYS/TEMP]: do not, RFC 3206 §3. */
function replyTo(refused: SignInRefused): Told {
  switch (refused.why) {
    case 'credentials':
    case 'scope':
    case 'disabled':
      return error('Sign-in failed: use an authorization code, not the account password', 'AUTH')
    case 'later':
    case 'fault':
      return error('Not possible now, try again later', 'SYS/TEMP')
    case 'encryption':
      return error('Send STLS first: this account does not sign in in clear', 'AUTH')
    case 'mechanism':
    case 'mechanism-unknown':
      return error('This mechanism is not offered')
    case 'unreadable':
      return error('Not understood: that is no base64, or not what the mechanism says')
    case 'cancelled':
      return error('Cancelled')
  }
}
