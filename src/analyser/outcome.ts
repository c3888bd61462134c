/** What came of a conversation, in one sentence. Greylisting is an inference and says so, RFC 6647. */
import type {
  CarriedMessage,
  Line,
  Outcome,
  OutcomeKind,
  OverheardConversation,
  SignIn,
  SpokenProtocol,
} from './model.ts'
import { openText } from './line-writer.ts'

export interface OutcomeFacts {
  readonly protocol: SpokenProtocol
  readonly lines: readonly Line[]
  readonly messages: readonly CarriedMessage[]
  readonly signIns: readonly SignIn[]
  readonly sealedFrom: number | undefined
}

/** The outcome of a conversation that was read. */
export function outcomeOf(facts: OutcomeFacts): Outcome {
  if (facts.protocol === 'smtp') return smtpOutcome(facts)
  if (facts.protocol === 'pop3') return pop3Outcome(facts)
  return told(facts.protocol === 'none' ? 'nothing' : 'not-read', true, { protocol: facts.protocol })
}

function told(
  kind: OutcomeKind,
  certain: boolean,
  params?: Record<string, string | number>,
  id: string = kind,
): Outcome {
  return { kind, certain, means: { id: `outcome.${id}`, ...(params === undefined ? {} : { params }) } }
}

const fine = (code: number): boolean => code >= 200 && code < 300

function smtpOutcome(facts: OutcomeFacts): Outcome {
  const { lines, messages } = facts
  const sent = messages.filter((message) => message.envelope !== undefined)
  const accepted = sent.filter((message) => message.result.some(fine))
  if (accepted.length > 0) return acceptedOutcome(accepted, sent, lines)
  const refusal = lastRefusal(lines)
  if (refusal !== undefined && (sent.length > 0 || lines.some((line) => line.verb === 'MAIL')))
    return refusedOutcome(refusal)
  if (sent.some((message) => !message.whole)) return told('incomplete', true)
  return quietOutcome(facts)
}

function acceptedOutcome(
  accepted: readonly CarriedMessage[],
  sent: readonly CarriedMessage[],
  lines: readonly Line[],
): Outcome {
  const recipients = accepted.flatMap((message) => message.envelope?.to ?? [])
  const reached = recipients.filter(({ code }) => code !== undefined && fine(code)).length
  const refused = lines.some((line) => line.kind === 'reply' && line.verb === 'RCPT' && (line.code ?? 0) >= 400)
  const params = { count: accepted.length, accepted: reached, recipients: recipients.length }
  if (recipients.length === 0) return told('accepted', true, params, 'accepted.envelope-unseen')
  const partly = accepted.length < sent.length || refused
  return told(partly ? 'partly-accepted' : 'accepted', true, params)
}

/** The last reply that refused a mail: to MAIL, RCPT, DATA, or the mail itself. */
function lastRefusal(lines: readonly Line[]): Line | undefined {
  const verbs = new Set(['MAIL', 'RCPT', 'DATA', 'BDAT', 'message'])
  const refused = lines.filter((line) => line.kind === 'reply' && (line.code ?? 0) >= 400 && verbs.has(line.verb ?? ''))
  return refused.find((line) => line.verb !== 'DATA' && line.verb !== 'BDAT') ?? refused.at(-1)
}

function refusedOutcome(line: Line): Outcome {
  const code = line.code ?? 0
  if (code >= 500) return told('refused', true, { code })
  const text = line.rows.map((row) => openText(row.pieces)).join(' ')
  const grey = (code === 450 || code === 451) && /gr[ae]y|try again|again later|4\.7\.[01]/i.test(text)
  return grey ? told('deferred', false, { code }, 'deferred.greylisting') : told('deferred', true, { code })
}

function pop3Outcome(facts: OutcomeFacts): Outcome {
  const fetched = facts.messages.filter((message) => message.by === 'RETR')
  const whole = fetched.filter((message) => message.whole)
  if (fetched.length > 0 && whole.length === 0) return told('incomplete', true)
  if (whole.length > 0) return told('fetched', true, { count: whole.length })
  if (facts.messages.length > 0) return told('looked', true, { count: facts.messages.length })
  return quietOutcome(facts)
}

/** No mail crossed. */
function quietOutcome(facts: OutcomeFacts): Outcome {
  const { signIns, lines } = facts
  if (facts.sealedFrom !== undefined) return told('sealed', true)
  if (signIns.some((signIn) => signIn.ok === true)) return told('signed-in', true)
  if (signIns.some((signIn) => signIn.ok === false)) return told('auth-failed', true)
  if (lines.some((line) => line.verb === 'MAIL' && line.kind === 'command')) return told('given-up', true)
  return told('nothing', true)
}

/**
 * A mail that was put off and later taken from the same sender to the same recipient: greylisting, as far as can be
 * told from outside, RFC 6647 §2.
 */
export function inferGreylisting(conversations: readonly OverheardConversation[]): OverheardConversation[] {
  const deferred = conversations.filter(({ outcome }) => outcome.kind === 'deferred')
  if (deferred.length === 0) return [...conversations]
  const accepted = new Map<string, number>()
  for (const { id, messages } of conversations) {
    for (const message of messages) {
      if (!message.result.some(fine)) continue
      for (const { address, code } of message.envelope?.to ?? []) {
        if (code !== undefined && fine(code)) accepted.set(`${message.envelope?.from ?? ''}\n${address}`, id)
      }
    }
  }
  return conversations.map((conversation) => {
    const { outcome, id } = conversation
    const code = outcome.means.params?.['code']
    if (outcome.kind !== 'deferred' || (code !== 450 && code !== 451)) return conversation
    const again = triplets(conversation).some((triplet) => (accepted.get(triplet) ?? 0) > id)
    return again
      ? { ...conversation, outcome: told('deferred', false, { code }, 'deferred.greylisting') }
      : conversation
  })
}

/** Sender and recipient of all that was asked, as far as the lines show it. */
function triplets(conversation: OverheardConversation): string[] {
  let from = ''
  const found: string[] = []
  for (const line of conversation.lines) {
    if (line.kind !== 'command' || (line.verb !== 'MAIL' && line.verb !== 'RCPT')) continue
    const text = openText(line.rows[0]?.pieces ?? [])
    const path = /:\s*(?:<([^>]*)>?|(\S*))/.exec(text)
    const address = (path?.[1] ?? path?.[2] ?? '').trim()
    if (line.verb === 'MAIL') from = address
    else found.push(`${from}\n${address}`)
  }
  return found
}
