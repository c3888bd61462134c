/** AUTH: the sign-in as SMTP carries it, RFC 4954 §4. */
import { smtpReply } from '../../wire/smtp/reply.ts'
import type { SmtpCommand, SmtpReply } from '../../wire/smtp/words.ts'
import { beginSignIn, noteAdmitted, noteRefused, type SignInRefused, type SignInStep } from '../sign-in.ts'
import type { Answer, SmtpContext } from './context.ts'
import { farewell, replies } from './replies.ts'

export function auth(context: SmtpContext, command: SmtpCommand & { verb: 'AUTH' }): Answer {
  const begun = beginSignIn(context.connection, 'smtp', command.mechanism)
  if ('what' in begun) return tell(context, begun)
  context.signIn = begun
  return tellSoon(context, begun.start(command.initial))
}

/** A client's line after a 334. */
export function answer(context: SmtpContext, command: SmtpCommand & { verb: 'answer' }): Answer {
  const { signIn } = context
  if (!signIn) return replies.badBase64
  return tellSoon(context, signIn.answer(command.response, command.cancel))
}

function tellSoon(context: SmtpContext, step: SignInStep | Promise<SignInStep>): Answer {
  return step instanceof Promise ? step.then((made) => tell(context, made)) : tell(context, step)
}

function tell(context: SmtpContext, step: SignInStep): SmtpReply {
  switch (step.what) {
    case 'challenge':
      return smtpReply(334, undefined, step.data)
    case 'admitted':
      context.signIn = undefined
      noteAdmitted(context.connection, step)
      context.allowance.refill(context.connection.time)
      return replies.authenticated
    case 'refused':
      context.signIn = undefined
      return refuse(context, step)
  }
}

function refuse(context: SmtpContext, refused: SignInRefused): SmtpReply {
  const { connection } = context
  if (refused.why === 'cancelled') return replies.cancelled
  noteRefused(connection, refused.log)
  context.failedSignIns += 1
  if (context.failedSignIns < connection.host.limits.failedSignIns) return replyTo(refused)
  return context.last(farewell(connection.host.name, 'sign-ins'))
}

/** One text for all that is wrong with a credential: nothing is told to those who try. */
function replyTo(refused: SignInRefused): SmtpReply {
  switch (refused.why) {
    case 'credentials':
    case 'scope':
    case 'disabled':
      return replies.badCredentials
    case 'later':
    case 'fault':
      return replies.signInLater
    case 'encryption':
      return replies.needsTls
    case 'mechanism':
      return replies.weakMechanism
    case 'mechanism-unknown':
      return replies.badMechanism
    case 'unreadable':
      return replies.badBase64
    case 'cancelled':
      return replies.cancelled
  }
}
