/**
 * Follows a sign-in step by step, whatever protocol carries it: who signed in, how, and with what outcome; and hides
 * what was shown for it. One for each layer of a conversation.
 */
import type { SecretKind, Side, Span } from '../wire/talk.ts'
import { isEmptyAnswer, readAnswer, readChallenge, secretOfAnswer, secretOfChallenge } from '../wire/sasl/read.ts'
import { looksLikeCredential, readBase64 } from '../wire/sasl/base64.ts'
import { mayBeCredential } from '../wire/sasl/watch.ts'
import type { HiddenKind } from './model.ts'
import type { Hiding, Secrets } from './hiding.ts'
import { edited, kindOfPassword } from './hiding.ts'
import { asLatin1, asText } from './text.ts'

/** One step as the texts need it. */
export interface StepRead {
  readonly mechanism: string
  /** From 0, counted on that side. */
  readonly step: number
  readonly data: string | undefined
  readonly of: HiddenKind | 'cancel' | 'nothing' | undefined
}

/** A sign-in; `things` are indices of what was heard. */
export interface SignInRead {
  readonly mechanism: string
  user: string | undefined
  ok: boolean | undefined
  code: number | undefined
  cancelled: boolean
  readonly things: number[]
}

/** Reads a span of one side as bytes. */
export type ReadSpan = (side: Side, at: Span) => Uint8Array

export class SignInReader {
  readonly signIns: SignInRead[] = []
  /** By index of what was heard. */
  readonly steps = new Map<number, StepRead>()
  /** What the server said of its own accord before anybody signed in: values in it are not searched for. */
  readonly open: string[] = []
  readonly #read: ReadSpan
  readonly #hiding: Hiding
  readonly #secrets: Secrets
  #current: SignInRead | undefined
  #answers = 0
  #challenges = 0
  #challenge: string | undefined

  constructor(read: ReadSpan, hiding: Hiding, secrets: Secrets) {
    this.#read = read
    this.#hiding = hiding
    this.#secrets = secrets
  }

  get current(): SignInRead | undefined {
    return this.#current
  }

  /** AUTH with its mechanism; `initial` is where an initial response stands. */
  begin(index: number, mechanism: string, initial: Span | undefined): void {
    const signIn = this.beginPlain(mechanism)
    signIn.things.push(index)
    if (initial !== undefined) this.answer(index, initial)
  }

  /** A way to sign in whose steps are commands of their own (USER and PASS, APOP). */
  beginPlain(mechanism: string): SignInRead {
    const signIn: SignInRead = {
      mechanism,
      user: undefined,
      ok: undefined,
      code: undefined,
      cancelled: false,
      things: [],
    }
    this.signIns.push(signIn)
    this.#current = signIn
    this.#answers = 0
    this.#challenges = 0
    this.#challenge = undefined
    return signIn
  }

  challenge(index: number, at: Span): void {
    const text = asLatin1(this.#read('server', at))
    const mechanism = this.#current?.mechanism ?? ''
    this.#current?.things.push(index)
    this.#challenge = text
    const secret = secretOfChallenge(mechanism, text)
    const asks = readChallenge(mechanism, text).asks
    const of = asks === 'password' ? 'password' : asks === 'user' ? 'user' : undefined
    this.steps.set(index, { mechanism, step: this.#challenges++, data: secret === undefined ? text : undefined, of })
    if (secret === 'proof') this.#hiding.add('server', at, 'proof')
  }

  answer(index: number, at: Span): void {
    const bytes = this.#read('client', at)
    const text = asLatin1(bytes)
    const mechanism = this.#current?.mechanism ?? ''
    if (this.#current?.things.at(-1) !== index) this.#current?.things.push(index)
    const step = this.#answers++
    if (isEmptyAnswer(text.trim())) {
      if (text.trim() === '*' && this.#current !== undefined) this.#current.cancelled = true
      this.steps.set(index, { mechanism, step, data: undefined, of: text.trim() === '*' ? 'cancel' : 'nothing' })
      return
    }
    const challenge = this.#challenge
    const meant = edited(bytes)
    const kind = this.#learnAnswer(mechanism, step, text, challenge)
    if (meant !== undefined) this.#learnAnswer(mechanism, step, asLatin1(meant), challenge)
    this.steps.set(index, { mechanism, step, data: undefined, of: kind })
    if (kind !== undefined) this.#hiding.add('client', at, kind)
  }

  /** Keeps the values of an answer; returns what the whole of it is to be called. */
  #learnAnswer(mechanism: string, step: number, text: string, challenge: string | undefined): HiddenKind | undefined {
    const secret = secretOfAnswer(mechanism, step, text, challenge)
    const { decoded, parts, whole } = readAnswer(mechanism, step, text, challenge)
    let kind = named(secret, undefined)
    for (const part of parts) {
      const value = decoded?.subarray(part.at.start, part.at.end) ?? new Uint8Array(0)
      if (part.secret === 'user') this.#name(asText(value))
      else if (part.secret !== undefined) {
        const own = named(part.secret, value) ?? 'password'
        this.#secrets.learn(value, own, this.#openWords())
        if (part.secret === secret) kind = own
      }
    }
    if (whole !== undefined || kind === 'password' || kind === 'code') {
      const raw = Uint8Array.from(text, (char) => char.charCodeAt(0))
      if (whole !== undefined) kind = named(whole, decoded ?? raw)
      if (whole !== undefined && decoded !== undefined)
        this.#secrets.learn(decoded, kind ?? 'password', this.#openWords())
      this.#secrets.learn(raw, kind ?? 'password', this.#openWords())
    }
    return kind
  }

  #name(user: string): void {
    if (this.#current !== undefined && user !== '') this.#current.user ??= user
  }

  #openWords(): string[] {
    const user = this.#current?.user
    return user === undefined ? this.open : [...this.open, user]
  }

  /** The argument of PASS: all of it, blanks too. */
  password(at: Span): void {
    const bytes = this.#read('client', at)
    const meant = edited(bytes)
    const kind = kindOfPassword(asLatin1(meant ?? bytes))
    this.#hiding.add('client', at, kind)
    this.#secrets.learn(bytes, kind, this.#openWords())
    if (meant !== undefined) this.#secrets.learn(meant, kind, this.#openWords())
  }

  /** A name that was said, whether or not a password follows it. */
  nameOnly(at: Span): void {
    this.#hiding.add('client', at, 'user')
  }

  user(at: Span): void {
    const bytes = this.#read('client', at)
    this.#hiding.add('client', at, 'user')
    this.#name(asText(bytes))
  }

  proof(at: Span): void {
    this.#hiding.add('client', at, 'proof')
    this.#secrets.learn(this.#read('client', at), 'proof', this.#openWords())
  }

  /** The outcome. */
  end(index: number, ok: boolean, code: number | undefined): void {
    const signIn = this.#current
    if (signIn === undefined) return
    signIn.ok = ok
    signIn.code = code
    signIn.things.push(index)
    this.#current = undefined
  }

  /**
   * A client's line that is no command and stood near a sign-in, or looks like one: perhaps a credential at the wrong
   * prompt. Hidden; told again by search only where it is long enough not to be a mistyped command.
   */
  suspect(at: Span, near: boolean): 'password' | 'code' | undefined {
    const bytes = this.#read('client', at)
    const text = asLatin1(bytes)
    if (!mayBeCredential(text, near)) return undefined
    const coded = looksLikeCredential(text.trim()) ? readBase64(text.trim()) : undefined
    const kind = kindOfPassword(coded === undefined ? text.trim() : asLatin1(coded))
    this.#hiding.add('client', at, kind)
    if (bytes.length >= 8) this.#secrets.learn(bytes, kind, this.#openWords())
    if (coded !== undefined && coded.length >= 8) this.#secrets.learn(coded, kind, this.#openWords())
    return kind
  }
}

function named(secret: SecretKind | undefined, value: Uint8Array | undefined): HiddenKind | undefined {
  if (secret !== 'password') return secret
  return value === undefined ? 'password' : kindOfPassword(asLatin1(value))
}
