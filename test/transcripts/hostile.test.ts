/** Whatever bytes, holes and ends come in whatever order: no exception, no endless loop, no two sides that wait for each other. */
import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import type { Side } from '../../src/wire/talk.ts'
import { bytesOf } from '../../src/wire/cutter/text.ts'
import { Pop3Conversation } from '../../src/wire/pop3/conversation.ts'
import { SmtpConversation } from '../../src/wire/smtp/conversation.ts'
import type { Engine } from './transcript.test-support.ts'

const words = [
  'EHLO a\r\n',
  'MAIL FROM:<a@b>\r\n',
  'RCPT TO:<c@d>\r\n',
  'DATA\r\n',
  'BDAT 5\r\n',
  'BDAT 0 LAST\r\n',
  'AUTH PLAIN\r\n',
  'AUTH LOGIN YQ==\r\n',
  'STARTTLS\r\n',
  'QUIT\r\n',
  '*\r\n',
  'YQ==\r\n',
  'USER a\r\n',
  'PASS b\r\n',
  'RETR 1\r\n',
  'LIST\r\n',
  'CAPA\r\n',
  'STLS\r\n',
  'AUTH\r\n',
  '.\r\n',
  '..\r\n',
  '\n.\n',
  '\r\n.\n',
  'x\r\n',
  'x',
  '\r',
  '\n',
  '\0',
  '.',
  '\x16\x03',
  '220 a\r\n',
  '250-a\r\n',
  '250 a\r\n',
  '354 a\r\n',
  '334 YQ==\r\n',
  '235 a\r\n',
  '421 a\r\n',
  '503 a\r\n',
  '221\r\n',
  '+OK\r\n',
  '-ERR x\r\n',
  '+ YQ==\r\n',
  '+OK\n',
]
const side: fc.Arbitrary<Side> = fc.constantFrom('client', 'server')
const event = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      side,
      text: fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 6 }).map((list) => list.join('')),
    }),
  },
  { weight: 1, arbitrary: fc.record({ side, lost: fc.integer({ min: 1, max: 40 }) }) },
)
const options = fc.record({
  lenient: fc.boolean(),
  joined: fc.constantFrom(undefined, 'in commands' as const, 'in message' as const),
  ends: fc.constantFrom(undefined, 'client' as const, 'server' as const),
})

/** Takes out all there is; gives up, as a failure, where more things come than bytes could hold. */
function drain(engine: Engine, most: number): number {
  let count = 0
  for (let goesOn = true; goesOn;) {
    goesOn = false
    for (const one of ['client', 'server'] as const) {
      while (typeof engine.next(one) === 'object') {
        goesOn = true
        assert.ok(++count <= most, 'an endless loop')
      }
    }
  }
  return count
}

for (const [name, create] of [
  ['SMTP', (how: object): Engine => new SmtpConversation(how)],
  ['POP3', (how: object): Engine => new Pop3Conversation(how)],
] as const) {
  void test(`${name} hears anything`, () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 12 }), options, (events, { lenient, joined, ends }) => {
        const engine = create({ lenient, ...(joined ? { joined } : {}) })
        if (ends) engine.end(ends)
        let most = 20
        for (const one of events) {
          if ('text' in one) {
            most += one.text.length * 2
            if (one.side !== ends) engine.hear(one.side, bytesOf(one.text))
          } else {
            most += 4
            if (one.side !== ends) engine.lose(one.side, one.lost)
          }
          most -= drain(engine, most)
        }
        engine.end('client')
        engine.end('server')
        drain(engine, most)
        assert.equal(engine.next('client'), 'for bytes', 'nothing is left to wait for')
        assert.equal(engine.next('server'), 'for bytes', 'nothing is left to wait for')
      }),
      { numRuns: 3000 },
    )
  })
}
