/** Cuts a server's bytes into whole replies, RFC 5321 §4.2.1: lines of one code with `-`, up to one without. */
import type { Part, Remark, Span } from '../talk.ts'
import type { CutLine, Cutter } from '../cutter.ts'
import { byteString } from '../cutter/text.ts'
import type { SmtpReply } from './words.ts'
import { enhancedOf, readReplyLine } from './reply.ts'
import { form } from './rules.ts'

export type ReadOfServer =
  | {
      readonly what: 'reply'
      readonly at: Span
      readonly reply: SmtpReply
      readonly parts: readonly Part[]
      readonly remarks: readonly Remark[]
    }
  | { readonly what: 'unreadable'; readonly at: Span; readonly why: string; readonly remarks: readonly Remark[] }
  | { readonly what: 'hole'; readonly at: Span }

/** A reply of which not all lines are here. */
interface Open {
  readonly code: number
  readonly start: number
  end: number
  readonly lines: string[]
  readonly parts: Part[]
  readonly remarks: Remark[]
}

export class ReplyReader {
  readonly #lineLimit: number
  readonly #linesLimit: number
  #open: Open | undefined

  constructor(lineLimit: number, linesLimit: number) {
    this.#lineLimit = lineLimit
    this.#linesLimit = linesLimit
  }

  /** The next whole thing; undefined until more comes. What a hole or the end cuts off is given with a remark. */
  read(cutter: Cutter): ReadOfServer | undefined {
    for (;;) {
      const line = cutter.line(this.#lineLimit)
      if (!line) return cutter.isCut ? this.#cut(cutter) : undefined
      const done = this.#take(line)
      if (done) return done
    }
  }

  #cut(cutter: Cutter): ReadOfServer | undefined {
    const line = cutter.fragment(this.#lineLimit)
    if (line) {
      const done = this.#take(line)
      if (done?.what === 'reply') return { ...done, remarks: [...done.remarks, form.cut] }
      if (done) return done
    }
    if (this.#open) {
      this.#open.remarks.push(form.cut)
      return this.#close(this.#open)
    }
    const at = cutter.hole()
    return at && { what: 'hole', at }
  }

  #take(line: CutLine): ReadOfServer | undefined {
    const text = byteString(line.bytes)
    const read = readReplyLine(text)
    const open = this.#open
    if (!read && !open)
      return {
        what: 'unreadable',
        at: line.at,
        why: line.tooLong ? 'line-too-long' : 'no-reply-code',
        remarks: remarksOf(line, []),
      }
    if (!open && read && !read.more && !line.tooLong && line.ending === 'crlf') return this.#single(line, read)
    const reply = (this.#open = open ?? begin(line, read?.code ?? 0))
    reply.end = line.at.end
    remarksOf(line, reply.remarks)
    if (!read) note(reply.remarks, form.lineWithoutCode)
    else if (read.code !== reply.code) note(reply.remarks, form.codesDiffer)
    else if (!read.hasSeparator) note(reply.remarks, form.noSeparator)
    if (reply.lines.length < this.#linesLimit) {
      const textAt = line.at.start + (read?.textAt ?? 0)
      const end = line.at.start + line.bytes.length
      reply.lines.push(read?.text ?? text)
      addParts(reply.parts, line.at.start, textAt, end, read ? enhancedOf(read.code, read.text) : undefined)
    } else note(reply.remarks, form.tooManyLines)
    return read && !read.more ? this.#close(reply) : undefined
  }

  /** The common case, without the detour. */
  #single(
    line: CutLine,
    read: { readonly code: number; readonly text: string; readonly textAt: number; readonly hasSeparator: boolean },
  ): ReadOfServer {
    const enhanced = enhancedOf(read.code, read.text)
    const parts: Part[] = []
    const { start } = line.at
    addParts(parts, start, start + read.textAt, start + line.bytes.length, enhanced)
    const reply = { code: read.code, enhanced, lines: [read.text] }
    return {
      what: 'reply',
      at: line.at,
      reply,
      parts,
      remarks: read.hasSeparator ? remarksOf(line, []) : [form.noSeparator],
    }
  }

  #close(open: Open): ReadOfServer {
    this.#open = undefined
    const reply = { code: open.code, enhanced: enhancedOf(open.code, open.lines[0] ?? ''), lines: open.lines }
    return { what: 'reply', at: { start: open.start, end: open.end }, reply, parts: open.parts, remarks: open.remarks }
  }
}

function begin(line: CutLine, code: number): Open {
  return { code, start: line.at.start, end: line.at.end, lines: [], parts: [], remarks: [] }
}

function addParts(parts: Part[], start: number, textAt: number, end: number, enhanced: string | undefined): void {
  if (textAt > start) parts.push({ name: 'code', at: { start, end: start + 3 } })
  const enhancedEnd = textAt + (enhanced?.length ?? 0)
  if (enhanced !== undefined) parts.push({ name: 'enhanced', at: { start: textAt, end: enhancedEnd } })
  // behind the enhanced code stands a space
  const from = enhanced === undefined ? textAt : Math.min(enhancedEnd + 1, end)
  if (end > from) parts.push({ name: 'text', at: { start: from, end } })
}

function remarksOf(line: CutLine, remarks: Remark[]): Remark[] {
  if (line.ending === 'lf') note(remarks, form.bareLf)
  // 512 octets with code and line end, RFC 5321 §4.5.3.1.5
  if (line.tooLong || line.bytes.length > 510) note(remarks, form.replyLineTooLong)
  for (const byte of line.bytes) {
    if (byte > 13) continue
    if (byte === 13) note(remarks, form.bareCr)
    else if (byte === 10) note(remarks, form.bareLf)
    else if (byte === 0) note(remarks, form.nul)
  }
  return remarks
}

function note(remarks: Remark[], remark: Remark): void {
  if (!remarks.includes(remark)) remarks.push(remark)
}
