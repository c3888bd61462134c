/** Both sides as one story: by acknowledgement first, then by time. */
import test from 'node:test'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { captureOf, handshake, told } from './capture.test-support.ts'
import type { TestSegment } from './capture.test-support.ts'

const fin = (from: 'client' | 'server', seq: number, ack: number): TestSegment => ({ from, seq, ack, flags: 'F' })

/** A dialogue as TCP carries it: each line acknowledges all that its sender had heard. */
const dialogue: readonly TestSegment[] = [
  ...handshake,
  { from: 'server', seq: 501, ack: 101, data: '220 ' },
  { from: 'client', seq: 101, ack: 505, data: 'EHLO ' },
  { from: 'server', seq: 505, ack: 106, data: '250 ' },
  { from: 'client', seq: 106, ack: 509, data: 'MAIL ' },
  { from: 'client', seq: 111, ack: 509, data: 'RCPT ' },
  { from: 'server', seq: 509, ack: 116, data: 'ok1 ' },
  { from: 'server', seq: 513, ack: 116, data: 'ok2 ' },
  { from: 'client', seq: 116, ack: 517, data: 'QUIT ' },
  { from: 'server', seq: 517, ack: 121, data: 'bye ' },
  fin('server', 521, 121),
  fin('client', 121, 522),
]

const story = 'C:<syn> S:<syn> S:220  C:EHLO  S:250  C:MAIL  C:RCPT  S:ok1  S:ok2  C:QUIT  S:bye  S:<fin> C:<fin>'

void test('a dialogue in order', async () => {
  const { streams } = await captureOf(dialogue)
  assert.equal(told(streams[0]!), story)
})

void test('no reply stands before what it answers, however the capture shuffled the packets', async () => {
  // the order of what the two sides said by themselves is free: only MAIL, RCPT and what waits for them is fixed
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray([...dialogue.keys()].slice(3), { minLength: 11, maxLength: 11 }),
      async (order) => {
        const shuffled = [...dialogue.slice(0, 3), ...order.map((index) => dialogue[index]!)]
        const { streams } = await captureOf(shuffled.map((segment, index) => ({ ...segment, time: index / 1000 })))
        assert.equal(told(streams[0]!), story)
      },
    ),
    { numRuns: 200 },
  )
})

void test('bytes lost by the capture stand before the reply that acknowledges them', async () => {
  const { streams } = await captureOf(dialogue.filter(({ data }) => data !== 'MAIL ' && data !== 'RCPT '))
  assert.equal(told(streams[0]!), story.replace('C:MAIL  C:RCPT ', 'C[10 not captured]'))
})

void test('a reset stands where it came, data after it is shown', async () => {
  const { streams } = await captureOf([
    ...dialogue.slice(0, 5),
    { from: 'client', seq: 106, flags: 'R' },
    { from: 'server', seq: 505, ack: 106, data: '250 ' },
  ])
  assert.equal(told(streams[0]!), 'C:<syn> S:<syn> S:220  C:EHLO  C:<rst> S:250 ')
  assert.deepEqual(streams[0]!.end, ['client RST'])
})

void test('one direction only', async () => {
  const { streams } = await captureOf(dialogue.filter(({ from }) => from === 'server'))
  assert.equal(told(streams[0]!), 'S:<syn> S:220  S:250  S:ok1  S:ok2  S:bye  S:<fin>')
  assert.deepEqual(streams[0]!.c2s.gaps, [])
})
