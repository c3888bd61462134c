/**
 * What to take bytes for where the other side's word is missing or came too late to settle it: captures with holes,
 * of one direction, or of a server that took a bare LF for a line end. A live server never asks here.
 */
import type { Cutter } from '../cutter.ts'
import { byteString } from '../cutter/text.ts'
import { readReplyLine } from './reply.ts'

const CR = 13
const LF = 10
const DOT = 46
/** A doubtful end of data is waited for no longer than this many bytes. */
const patience = 1 << 20

/** True for a line that is an SMTP command beyond doubt; mail text or an answer rarely looks so. */
export function looksLikeCommand(line: string): boolean {
  return /^(?:MAIL +FROM *:|RCPT +TO *:|(?:EHLO|HELO|LHLO|AUTH|BDAT|VRFY|EXPN) +\S|(?:RSET|QUIT|DATA|NOOP|STARTTLS|HELP) *$)/i.test(
    line,
  )
}

/** The next line of a cutter, cut at 200 bytes; undefined until that much of it is here or no more will come. */
export function peekLine(cutter: Cutter): string | undefined {
  if (!cutter.hasUnread) return undefined
  const { bytes, isWhole } = cutter.peek()
  if (!isWhole && bytes.length < 200 && !cutter.isCut) return undefined
  return byteString(bytes.subarray(0, 200))
}

/**
 * Whether a dot line with bare LFs, which is next in `client`, ended the body for this server. The server's replies
 * prove it: more of them than an end by CRLF.CRLF would have drawn. `hasSpoken`: the client said more after a reply.
 */
export function judgeDoubtfulEnd(client: Cutter, server: Cutter, hasSpoken: boolean): 'end' | 'text' | 'wait' {
  const replies = countReplies(server.rest())
  const v = client.rest()
  if (replies === 0) {
    // no more will come, or a hole hides it
    if (server.isCut) return isFollowedByCommand(v) ? 'end' : 'text'
    return v.length > patience ? 'text' : 'wait'
  }
  const strict = findStrictEnd(v)
  // it was answered, and nothing else could have been
  if (strict < 0) return 'end'
  if (replies > 1 + countLines(v, strict)) return 'end'
  return hasSpoken || client.isCut || server.isCut || v.length > patience ? 'text' : 'wait'
}

/** Whole replies in a server's unread bytes. */
export function countReplies(v: Uint8Array): number {
  let count = 0
  let from = 0
  for (let at = v.indexOf(LF); at >= 0; at = v.indexOf(LF, from)) {
    const line = readReplyLine(byteString(v.subarray(from, Math.min(at, from + 4))).trimEnd())
    if (line && !line.more) count++
    from = at + 1
  }
  return count
}

/** Index behind the first CRLF.CRLF, or -1. */
function findStrictEnd(v: Uint8Array): number {
  for (let at = v.indexOf(DOT); at >= 0; at = v.indexOf(DOT, at + 1)) {
    if (at >= 2 && v[at - 2] === CR && v[at - 1] === LF && v[at + 1] === CR && v[at + 2] === LF) return at + 3
  }
  return -1
}

function countLines(v: Uint8Array, from: number): number {
  let count = 0
  for (let at = v.indexOf(LF, from); at >= 0; at = v.indexOf(LF, at + 1)) count++
  return count
}

/** Of a dot line at the start of `v`: nothing follows, or a command does. */
function isFollowedByCommand(v: Uint8Array): boolean {
  const lineEnd = v.indexOf(LF)
  if (lineEnd < 0 || lineEnd + 1 === v.length) return true
  const next = v.subarray(lineEnd + 1, lineEnd + 200)
  const end = next.indexOf(LF)
  return looksLikeCommand(byteString(end < 0 ? next : next.subarray(0, end)).trimEnd())
}
