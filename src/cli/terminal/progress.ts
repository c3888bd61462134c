/** Progress on stderr: only on a terminal, only after half a second, one line at most ten times a second, gone when done. look/terminal.md rule 7. */
import { ink, paint } from './ink.ts'
import type { InkRow, Look } from './ink.ts'
import { cutText, padEnd } from './layout.ts'

export interface ProgressBar {
  /** `done` of `total` bytes; total undefined: not known. */
  report(done: number, total: number | undefined): void
  /** Clears the line. Nothing is drawn afterwards. */
  end(): void
}

export interface ProgressPlace {
  readonly isTerminal: boolean
  readonly look: Look
  write(text: string): void
  /** Milliseconds of a clock that only goes forward. */
  now(): number
}

const silent: ProgressBar = { report: () => {}, end: () => {} }

/** `what` is one word such as `reading`; `name` the file. */
export function progressBar(what: string, name: string, place: ProgressPlace): ProgressBar {
  if (!place.isTerminal) return silent
  const began = place.now()
  let drawn = Number.NEGATIVE_INFINITY
  let isShown = false
  return {
    report: (done, total) => {
      const now = place.now()
      if (now - began < 500 || now - drawn < 100) return
      drawn = now
      isShown = true
      place.write(`\r\u001b[K${paint(progressRow(what, name, done, total, now - began), place.look)}`)
    },
    end: () => {
      if (isShown) place.write('\r\u001b[K')
    },
  }
}

const barWidth = 20
const mega = (bytes: number): string => (bytes < 10e6 ? (bytes / 1e6).toFixed(1) : String(Math.round(bytes / 1e6)))

/** `reading  lab-big.pcapng  [=========>          ]   52 %  54 of 104 MB  0.2 s left` */
export function progressRow(
  what: string,
  name: string,
  done: number,
  total: number | undefined,
  elapsedMs: number,
): InkRow {
  const head = `${padEnd(what, 9)}${padEnd(cutText(name, 14), 16)}`
  if (total === undefined || total <= 0) {
    const rate = elapsedMs > 0 ? (done / elapsedMs) * 1000 : 0
    return [ink('text', `${head}${mega(done)} MB  `), ink('quiet', `${mega(rate)} MB/s`)]
  }
  const part = Math.min(1, done / total)
  const filled = Math.max(1, Math.round(part * barWidth))
  const bar = part >= 1 ? '='.repeat(barWidth) : `${'='.repeat(filled - 1)}>`.padEnd(barWidth)
  const left = part > 0 ? `${(((elapsedMs / part) * (1 - part)) / 1000).toFixed(1)} s left` : ''
  const percent = `${String(Math.floor(part * 100)).padStart(4)} %`
  return [
    ink('text', `${head}[`),
    ink('sealed', bar),
    ink('text', `] ${percent}  ${mega(done)} of ${mega(total)} MB  `),
    ink('quiet', left),
  ]
}
