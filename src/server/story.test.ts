import test from 'node:test'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Recording } from '../wire/packet/recording.ts'
import { SmtpConversation } from '../wire/smtp/conversation.ts'
import { packFacts, readFacts } from '../store/facts.ts'
import type { MailStore, NewMessage, NewStory } from '../store/contract.ts'
import { openMemoryStore } from '../store/memory.ts'
import type { ListenerProtocol } from './contract.ts'
import { base64, house, plain, settled, type House, type HouseHow } from './house.test-support.ts'

interface Kept {
  readonly all: House
  readonly stories: NewStory[]
  readonly messages: NewMessage[]
}

/** A house whose store shows what it was given. */
async function watched(how: HouseHow = {}): Promise<Kept> {
  const store: MailStore = openMemoryStore()
  const stories: NewStory[] = []
  const messages: NewMessage[] = []
  const [keep, deliver] = [store.stories.keep.bind(store.stories), store.deliver.bind(store)]
  store.stories.keep = (story) => {
    stories.push(story)
    return keep(story)
  }
  store.deliver = (message) => {
    messages.push(message)
    return deliver(message)
  }
  return { all: await house({ ...how, store }), stories, messages }
}

/** Says it all, in pieces cut at these places, and ends the connection. */
async function say(all: House, listener: ListenerProtocol, texts: readonly string[], cut = 1_000_000): Promise<void> {
  const line = all.connect(listener)
  await settled()
  for (const text of texts) {
    for (let at = 0; at < text.length; at += cut) line.send(text.slice(at, at + cut))
    await settled()
  }
  line.close()
  await settled()
}

/** One side's text of a recording; what was not kept stands as its number of bytes. */
function told(recording: Recording | undefined, side?: 'client' | 'server'): string {
  return (recording?.kept ?? [])
    .filter((item) => item.what === 'sealed' || side === undefined || item.side === side)
    .map((item) => {
      switch (item.what) {
        case 'bytes':
          return Buffer.from(item.bytes).toString('latin1')
        case 'lost':
          return `<${item.size}>`
        case 'sealed':
          return '<tls>'
      }
    })
    .join('')
}

const message = [
  'MAIL FROM:<x@elsewhere.example>\r\nRCPT TO:<bob@north.test>\r\nDATA\r\n',
  'A: b\r\n\r\n..hello\r\n.\r\n',
]

void test('the facts: every line in order, bodies only counted, the prelude once', async () => {
  const { all, stories, messages } = await watched()
  await say(all, 'smtp', ['EHLO client.example\r\n', ...message, ...message, 'QUIT\r\n'])
  const [first, second] = messages.map(({ facts }) => readFacts(facts!)!)
  const envelope = message[0]!
  assert.equal(told(first, 'client'), `EHLO client.example\r\n${envelope}<15>\r\n.\r\n`)
  assert.equal(told(second, 'client'), `${envelope}<15>\r\n.\r\n`)
  assert.match(told(second), /^MAIL[^]*DATA\r\n250 [^]*354 [^\r]*\r\n<15>\r\n.\r\n250 2\.0\.0 OK: queued as \w+\r\n$/)
  assert.ok(told(first).endsWith(`queued as ${messages[0]!.queueId}\r\n`))
  const [story] = stories
  assert.equal(messages[0]!.story, story!.id)
  const whole = readFacts(story!.facts)!
  assert.equal(told(whole, 'client'), `EHLO client.example\r\n${envelope}<15>\r\n.\r\n${envelope}<15>\r\n.\r\nQUIT\r\n`)
  assert.equal(told(whole, 'server').match(/queued as/g)?.length, 2)
  assert.match(told(whole, 'server'), /^220 [^]*221 2\.0\.0 Bye\r\n$/)
  assert.equal(story!.recording, undefined)
  assert.deepEqual(story!.summary.messages.length, 2)
  assert.deepEqual(story!.owners, [all.bob.id])
  assert.equal(story!.summary.outcome, 'accepted')
})

void test('the engine hears the facts as it heard the connection', async () => {
  const { all, stories } = await watched()
  await say(all, 'smtp', ['EHLO client.example\r\n', ...message, 'QUIT\r\n'])
  const engine = new SmtpConversation()
  const heard: string[] = []
  for (const item of readFacts(stories[0]!.facts)!.kept) {
    if (item.what === 'bytes') engine.hear(item.side, item.bytes)
    else if (item.what === 'lost') engine.lose(item.side, item.size)
    for (let more = true; more;) {
      more = false
      for (const side of ['client', 'server'] as const)
        for (let next = engine.next(side); typeof next !== 'string'; next = engine.next(side)) {
          more = true
          heard.push(
            next.what === 'command' ? next.command.verb : next.what === 'reply' ? `${next.reply.code}` : next.what,
          )
        }
    }
  }
  assert.deepEqual(
    heard.filter((one) => one !== 'hole' && one !== 'body'),
    ['220', 'EHLO', '250', 'MAIL', 'RCPT', 'DATA', '250', '250', '354', '250', 'QUIT', '221'],
  )
})

void test('facts stay within their promise, whatever is said', async () => {
  const { all, stories, messages } = await watched({
    limits: { recipients: 5000, errors: 100_000, progressBytes: 1e9, progressCommands: 1e9 },
  })
  const rcpt = 'RCPT TO:<bob@north.test>\r\n'.repeat(2000)
  await say(all, 'smtp', [
    'EHLO client.example\r\n',
    'NOOP\r\n'.repeat(5000),
    `MAIL FROM:<x@elsewhere.example>\r\n${rcpt}DATA\r\n`,
    'A: b\r\n\r\n.\r\n',
    'FOO\r\n'.repeat(3000),
  ])
  assert.ok(messages[0]!.facts!.length <= 8192, `${messages[0]!.facts!.length}`)
  assert.match(told(readFacts(messages[0]!.facts!), 'server'), /queued as \w+\r\n$/)
  assert.ok(stories[0]!.facts.length <= 65_536, `${stories[0]!.facts.length}`)
  const one = await watched({ limits: { errors: 1e6, progressBytes: 1e9, progressCommands: 1e9 } })
  await say(one.all, 'smtp', ['N\r\n'.repeat(30_000)], 3)
  assert.ok(one.stories[0]!.facts.length <= 65_536, `${one.stories[0]!.facts.length}`)
  const pop = await watched()
  await say(
    pop.all,
    'pop3',
    [`AUTH PLAIN ${plain('bob@north.test', pop.all.codes.bob)}\r\n`, 'LIST\r\n'.repeat(9000)],
    6,
  )
  assert.ok(pop.stories[0]!.facts.length <= 65_536, `${pop.stories[0]!.facts.length}`)
})

void test('TLS in the facts: said in clear, then the mark, then what was inside', async () => {
  const { all, stories, messages } = await watched()
  await say(all, 'smtp', [
    'EHLO one\r\n',
    'STARTTLS\r\n',
    'EHLO two\r\n',
    `AUTH PLAIN ${plain('alice@north.test', all.codes.alice)}\r\n`,
    ...message.map((text) => text.replace('x@elsewhere.example', 'alice@north.test')),
    ...message.map((text) => text.replace('x@elsewhere.example', 'alice@north.test')),
  ])
  const whole = readFacts(stories[0]!.facts)!
  assert.match(told(whole, 'client'), /^EHLO one\r\nSTARTTLS\r\n<tls>EHLO two\r\nAUTH PLAIN \S+\r\nMAIL/)
  const at = 'EHLO two\r\nAUTH PLAIN '.length
  assert.ok(
    whole.secrets.every(
      ({ epoch, start, end, side }) => epoch === 1 && side === 'client' && start >= at && end > start,
    ),
  )
  assert.deepEqual(whole.secrets.map(({ kind }) => kind).sort(), ['password', 'user'])
  const second = readFacts(messages[1]!.facts!)!
  assert.match(told(second, 'client'), /^<tls>MAIL/)
  assert.deepEqual(second.secrets, [])
})

void test('covered credentials keep their length, their alphabet and the user name', async () => {
  const { all, stories } = await watched()
  const { alice } = all.codes
  await say(all, 'submission', ['EHLO x\r\n', `AUTH PLAIN ${plain('alice@north.test', alice)}\r\n`, 'QUIT\r\n'])
  const text = told(readFacts(stories[0]!.facts), 'client')
  const sent = /AUTH PLAIN (\S+)\r\n/.exec(text)?.[1] ?? ''
  assert.equal(sent.length, plain('alice@north.test', alice).length)
  assert.equal(Buffer.from(sent, 'base64').toString(), '\0alice@north.test\0redactedredacted')
})

const ways = [
  'PLAIN',
  'PLAIN later',
  'LOGIN',
  'LOGIN inline',
  'USER/PASS',
  'POP PLAIN',
  'XOAUTH2',
  'APOP',
  'wrong prompt',
  'wrong mechanism',
] as const

/** What a client says to sign in this way. */
function signIn(
  way: (typeof ways)[number],
  user: string,
  secret: string,
): { listener: ListenerProtocol; said: string[] } {
  const both = plain(user, secret)
  switch (way) {
    case 'PLAIN':
      return { listener: 'submission', said: ['EHLO x\r\n', `AUTH PLAIN ${both}\r\n`] }
    case 'PLAIN later':
      return { listener: 'submission', said: ['EHLO x\r\n', 'AUTH PLAIN\r\n', `${both}\r\n`] }
    case 'LOGIN':
      return {
        listener: 'submission',
        said: ['EHLO x\r\n', 'AUTH LOGIN\r\n', `${base64(user)}\r\n`, `${base64(secret)}\r\n`],
      }
    case 'LOGIN inline':
      return { listener: 'submission', said: ['EHLO x\r\n', `auth login ${base64(user)}\r\n`, `${base64(secret)}\r\n`] }
    case 'USER/PASS':
      return { listener: 'pop3', said: [`USER ${user}\r\n`, `PASS ${secret}\r\n`] }
    case 'POP PLAIN':
      return { listener: 'pop3', said: ['AUTH PLAIN\r\n', `${both}\r\n`] }
    case 'XOAUTH2':
      return {
        listener: 'submission',
        said: ['EHLO x\r\n', `AUTH XOAUTH2 ${base64(`user=${user}\x01auth=Bearer ${secret}\x01\x01`)}\r\n`, '\r\n'],
      }
    case 'APOP':
      return { listener: 'pop3', said: [`APOP ${user} ${secret}\r\n`] }
    case 'wrong prompt':
      return {
        listener: 'submission',
        said: ['EHLO x\r\n', 'AUTH LOGIN\r\n', '*\r\n', `${base64(secret)}\r\n`, `${secret}\r\n`],
      }
    case 'wrong mechanism':
      return { listener: 'submission', said: ['EHLO x\r\n', `AUTH NTLM ${both}\r\n`, `AUTH PLAIN ${both} again\r\n`] }
  }
}

void test('no credential is in the log, the summary, the facts or the recording, however it was typed and cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...ways),
      fc.stringMatching(/^[A-Za-z0-9!#%&*]{9,24}$/),
      fc.boolean(),
      fc.integer({ min: 1, max: 60 }),
      async (way, typed, isRight, cut) => {
        const { all, stories, messages } = await watched({ record: { what: 'all' }, limits: { errors: 100 } })
        const secret = isRight ? all.codes.bob : typed
        const { listener, said } = signIn(way, 'bob@north.test', secret)
        await say(all, listener, [...said, 'QUIT\r\n'], cut)
        const [story] = stories
        assert.ok(story?.recording)
        const haystack = [
          JSON.stringify(all.log),
          JSON.stringify(all.summaries),
          JSON.stringify(story.summary),
          told(readFacts(story.facts)),
          told(readFacts(packFacts(story.recording))),
          ...messages.map(({ facts }) => told(facts && readFacts(facts))),
        ].join('\n')
        for (const form of [secret, base64(secret), plain('bob@north.test', secret), base64(`x${secret}`).slice(4, -4)])
          assert.ok(!haystack.includes(form), `${way}: found ${form} in ${haystack}`)
        // the recording and the facts agree on the client's side
        assert.equal(told(story.recording, 'client'), told(readFacts(story.facts), 'client'))
        assert.deepEqual(story.recording.secrets, readFacts(story.facts)?.secrets)
      },
    ),
    { numRuns: 80 },
  )
})

const plans: readonly (readonly [string, HouseHow, boolean])[] = [
  ['off', { record: { what: 'off' } }, false],
  ['all', { record: { what: 'all' } }, true],
  ['a lab, by its mode', { record: { what: 'modes' } }, true],
  ['production, by its mode', { record: { what: 'modes' }, modes: { 'north.test': 'production' } }, false],
  [
    'both, mail for the lab',
    { record: { what: 'modes' }, modes: { 'north.test': 'lab', 'r.example': 'production' } },
    true,
  ],
  [
    'both, mail for production',
    { record: { what: 'modes' }, modes: { 'north.test': 'production', 'lab.test': 'lab' } },
    false,
  ],
  ['the recipient is named', { record: { what: 'accounts', accounts: ['Bob@north.test'] } }, true],
  ['another is named', { record: { what: 'accounts', accounts: ['alice@north.test'] } }, false],
]
for (const [name, how, kept] of plans)
  void test(`recording: ${name}`, async () => {
    const { all, stories } = await watched(how)
    await say(all, 'smtp', ['EHLO x\r\n', ...message])
    assert.equal(stories[0]?.recording !== undefined, kept)
    assert.equal(stories[0]?.summary.recorded, kept)
    assert.equal(all.summaries[0]?.recorded, kept)
    if (kept) assert.ok(told(stories[0]?.recording, 'client').includes('A: b\r\n\r\n..hello\r\n.\r\n'), 'the body too')
  })

void test('recording by account: kept only if everybody on the connection is recorded; 64 KiB are held until then', async () => {
  const record = { what: 'accounts', accounts: ['bob@north.test'] } as const
  const both = await watched({ record })
  await say(both.all, 'smtp', ['EHLO x\r\n', ...message, ...message.map((text) => text.replace('bob@', 'alice@'))])
  assert.equal(both.stories[0]?.recording, undefined)
  const nobody = await watched({ record })
  await say(nobody.all, 'smtp', ['EHLO x\r\n'])
  assert.equal(nobody.stories[0]?.recording, undefined)
  const late = await watched({ record, limits: { progressCommands: 1e6 } })
  await say(late.all, 'smtp', ['EHLO x\r\n', 'NOOP\r\n'.repeat(20_000), ...message])
  const held = late.stories[0]?.recording
  const sizes = (what: 'bytes' | 'lost'): number =>
    (held?.kept ?? []).reduce((sum, item) => {
      if (item.what !== what || item.side !== 'client') return sum
      return sum + (item.what === 'bytes' ? item.bytes.length : item.what === 'lost' ? item.size : 0)
    }, 0)
  assert.ok(sizes('lost') >= 120_000 - 32_768)
  assert.ok(sizes('bytes') <= 32_768 + 200 && told(held, 'client').endsWith('..hello\r\n.\r\n'))
})
