/** One layer of a conversation, heard and searched for secrets: in clear, or inside TLS. */
import type { Side, Span } from '../wire/talk.ts'
import type { Overheard, Thing } from './overhear.ts'
import type { Tape } from './tape.ts'
import type { SignInReader } from './sign-in.ts'
import { edited } from './hiding.ts'
import type { Hiding, Secrets } from './hiding.ts'
import { asBytes } from './text.ts'

export interface Layer<Command, Reply> extends Overheard<Command, Reply> {
  readonly hiding: Hiding
  readonly signIn: SignInReader
  /** Inside TLS. */
  readonly sealed: boolean
  readonly joined: boolean
  /** No greeting is to come: the capture joined midway, or it came before TLS. */
  readonly greeted: boolean
}

/** Hides every place where a known secret stands again, on either side; also where keys were taken back. */
export function hideAgain(layer: Pick<Layer<unknown, unknown>, 'tapes' | 'hiding' | 'seal'>, secrets: Secrets): void {
  if (secrets.empty) return
  for (const side of ['client', 'server'] as const) {
    const tape = layer.tapes[side]
    const end = layer.seal?.[side] ?? tape.end
    for (const run of tape.runs({ start: 0, end })) {
      const bytes = tape.read(run)
      for (const span of secrets.find(bytes)) {
        layer.hiding.add(side, { start: run.start + span.start, end: run.start + span.end }, span.kind)
      }
      hideEdited(layer.hiding, side, run, bytes, secrets)
    }
  }
}

/** A line with backspaces in it whose meaning holds a secret is hidden whole. */
function hideEdited(hiding: Hiding, side: Side, run: Span, bytes: Uint8Array, secrets: Secrets): void {
  for (const key of [0x08, 0x7f]) {
    for (let at = bytes.indexOf(key); at !== -1;) {
      const start = bytes.lastIndexOf(0x0a, at) + 1
      const feed = bytes.indexOf(0x0a, at)
      const end = feed === -1 ? bytes.length : feed
      const meant = edited(bytes.subarray(start, end))
      const found = meant === undefined ? [] : secrets.find(meant)
      const [first] = found
      if (first !== undefined) hiding.add(side, { start: run.start + start, end: run.start + end }, first.kind)
      at = bytes.indexOf(key, end)
    }
  }
}

/** Bytes of a mail or listing whose text our own recorder did not keep, without the dot line that ended it. */
export function unkeptSize(thing: Thing<unknown, unknown> & { what: 'body' }, tape: Tape): number {
  const endIsHere = tape.read({ start: thing.at.end - 1, end: thing.at.end }).length > 0
  return Math.max(0, thing.bytes.length + thing.unkept - (thing.last && !endIsHere ? 3 : 0))
}

/** Hides in a span of the server's every place where these words of the client's stand (its echo). */
export function hideEcho(
  hiding: Hiding,
  side: Side,
  at: Span,
  bytes: Uint8Array,
  words: string,
  kind: 'password' | 'code',
): void {
  const needle = asBytes(words)
  if (needle.length < 3) return
  for (let from = 0; from + needle.length <= bytes.length; from++) {
    if (needle.every((byte, index) => bytes[from + index] === byte)) {
      hiding.add(side, { start: at.start + from, end: at.start + from + needle.length }, kind)
      from += needle.length - 1
    }
  }
}
