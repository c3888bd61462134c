import assert from 'node:assert/strict'
import test from 'node:test'
import { paint } from './ink.ts'
import type { Look } from './ink.ts'
import { progressBar, progressRow } from './progress.ts'

const look: Look = { columns: 80, depth: 'none', background: 'any' }

void test('a known total is a bar, a part, sizes and the time left', () => {
  assert.equal(
    paint(progressRow('reading', 'lab-big.pcapng', 54e6, 104e6, 216), look),
    'reading  lab-big.pcapng  [=========>          ]   51 %  54 of 104 MB  0.2 s left',
  )
})

void test('without a total there is no percentage', () => {
  assert.equal(
    paint(progressRow('reading', '-', 54e6, undefined, 1000), look),
    'reading  -               54 MB  54 MB/s',
  )
})

function place(isTerminal: boolean) {
  const written: string[] = []
  let now = 0
  return {
    written,
    pass: (ms: number) => (now += ms),
    at: { isTerminal, look, write: (text: string) => void written.push(text), now: () => now },
  }
}

void test('nothing before half a second, at most ten a second, gone when done', () => {
  const { written, pass, at } = place(true)
  const bar = progressBar('reading', 'x', at)
  bar.report(1, 10)
  pass(499)
  bar.report(2, 10)
  assert.equal(written.length, 0)
  pass(1)
  bar.report(3, 10)
  pass(99)
  bar.report(4, 10)
  assert.equal(written.length, 1)
  pass(1)
  bar.report(5, 10)
  assert.equal(written.length, 2)
  bar.end()
  assert.equal(written.at(-1), '\r\u001b[K')
})

void test('a piped run prints nothing', () => {
  const { written, pass, at } = place(false)
  const bar = progressBar('reading', 'x', at)
  pass(1000)
  bar.report(5, 10)
  bar.end()
  assert.deepEqual(written, [])
})
