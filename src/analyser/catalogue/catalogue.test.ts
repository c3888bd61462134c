import assert from 'node:assert/strict'
import test from 'node:test'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { SmtpCommand, SmtpReply } from '../../wire/smtp/words.ts'
import type { Pop3Command, Pop3Reply } from '../../wire/pop3/words.ts'
import { Secret } from '../../wire/talk.ts'
import { messageRules } from '../../wire/message/rules.ts'
import type { Explanation, HiddenKind, Language, SpokenProtocol } from '../model.ts'
import {
  meaningOfHole,
  meaningOfMessage,
  meaningOfSealed,
  meaningOfSealing,
  meaningOfUnreadable,
} from '../meaning/message.ts'
import { meaningOfCapaRow, meaningOfListing, meaningOfPop3Command, meaningOfPop3Reply } from '../meaning/pop3.ts'
import { meaningOfAnswer, meaningOfChallenge, meaningOfStart } from '../meaning/sasl.ts'
import { meaningOfEhloRow, meaningOfParameter, meaningOfSmtpCommand, meaningOfSmtpReply } from '../meaning/smtp.ts'
import { catalogue } from './catalogue.ts'
import type { Words } from './entry.ts'
import { entryOf, maskOf, say } from './say.ts'

const room: Record<Language, number> = { en: 90, 'zh-CN': 45 }
const languages: readonly Language[] = ['en', 'zh-CN']

/** RFCs that the catalogue may name: each was looked up when its entry was written. */
const rfcs = new Set([
  1845, 1870, 1939, 1985, 2033, 2034, 2045, 2195, 2449, 2595, 2645, 2831, 2852, 2920, 3030, 3206, 3207, 3461, 3463,
  3865, 3885, 4141, 4405, 4422, 4468, 4505, 4616, 4752, 4865, 4954, 5034, 5248, 5321, 5322, 5802, 6152, 6331, 6409,
  6531, 6647, 6710, 6856, 7293, 7372, 7504, 7505, 7628, 7677, 8314, 8446, 8617, 8689, 9110, 9293, 9422, 1047,
])

void test('ids are unique', () => {
  const ids = catalogue.map((entry) => entry.id)
  assert.deepEqual(
    ids.filter((id, index) => ids.indexOf(id) !== index),
    [],
  )
})

const fields: readonly (keyof Words)[] = ['short', 'alone', 'long', 'why', 'todo']

function placeholders(text: string | undefined): string[] {
  return [...new Set([...(text ?? '').matchAll(/\{(\w+)/g)].map((found) => found[1] ?? ''))].toSorted()
}

void test('both languages say the same things with the same values', () => {
  for (const { id, en, zh } of catalogue) {
    for (const field of fields) {
      assert.equal(en[field] === undefined, zh[field] === undefined, `${id}.${field}`)
      assert.notEqual(en[field], '', `${id}.${field}`)
      assert.deepEqual(placeholders(zh[field]), placeholders(en[field]), `${id}.${field}`)
    }
  }
})

/** Characters, each value counted as four. */
function widthOf(text: string): number {
  return Array.from(text.replace(/\{\w+\|[^|}]*\|([^|}]*)\}/g, '$1').replace(/\{[^}]*\}/g, '1234')).length
}

void test('short texts are short, and whole', () => {
  for (const { id, en, zh } of catalogue) {
    for (const short of [en.short, en.alone ?? '']) assert.ok(widthOf(short) <= 90, `${id}: ${short}`)
    for (const short of [zh.short, zh.alone ?? '']) assert.ok(widthOf(short) <= 45, `${id}: ${short}`)
    assert.match(zh.short, /[\u4e00-\u9fff]|\{|HTML/, id)
    assert.doesNotMatch(en.short, /[\u4e00-\u9fff]/, id)
  }
})

void test('only known RFCs are named, sections in their own form', () => {
  for (const { id, rfc } of catalogue) {
    for (const { number, section } of rfc) {
      assert.ok(rfcs.has(number), `${id}: RFC ${number}`)
      if (section !== undefined) assert.match(section, /^(?:[A-Z]|\d+)(?:\.\d+)*$/, id)
    }
  }
})

const everyText = catalogue.flatMap(({ id, en, zh }) =>
  fields.flatMap((field) => [
    { id, language: 'en' as const, text: en[field] ?? '' },
    { id, language: 'zh-CN' as const, text: zh[field] ?? '' },
  ]),
)

void test('the glossary holds', () => {
  for (const { id, language, text } of everyText) {
    if (language === 'zh-CN') {
      assert.doesNotMatch(text, /应用专用密码|授权密码|回复码|状态码\s*\d{3}|头部信息|您|请您/, id)
      assert.doesNotMatch(
        text,
        /[a-zA-Z0-9][\u4e00-\u9fff]|[\u4e00-\u9fff][a-zA-Z0-9{]|\}[\u4e00-\u9fff]/,
        `${id}: a blank stands between: ${text}`,
      )
      if (/Base64/i.test(text))
        assert.doesNotMatch(text.replaceAll('不是加密', ''), /加密(?!通道|传输)/, `${id}: ${text}`)
      assert.doesNotMatch(text, /[“”‘’]/, id)
      assert.doesNotMatch(text, /[\u4e00-\u9fff][,;:!?]/, `${id}: full-width punctuation: ${text}`)
    } else {
      assert.doesNotMatch(text, /\b(?:please|successfully|oops|secure|safe)\b/i, `${id}: ${text}`)
      assert.doesNotMatch(text, /\(s\)|!(?=\s|$)|[“”‘’…→]/, `${id}: ${text}`)
    }
  }
})

void test('no real name and no credential stands in a text', () => {
  for (const { id, text } of everyText) {
    for (const [name] of text.matchAll(/\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}\b/gi))
      assert.match(name, /\.(?:test|example)$/, id)
    assert.doesNotMatch(text, /[A-Za-z0-9+/]{24,}/, id)
  }
})

/** Every explanation that the meanings can give, by driving them with all they may be asked. */
function* explanations(): Generator<Explanation> {
  yield* smtpExplanations()
  yield* pop3Explanations()
  yield* signInExplanations()
  yield* otherExplanations()
}

const contexts = [false, true].flatMap((sealed) =>
  [false, true].flatMap((again) => [undefined, 4].map((answers) => ({ sealed, again, answers, early: again }))),
)
const path = { local: 'a', domain: 'north.test' }
const hidden = new Secret('x')

const smtpCommands: readonly SmtpCommand[] = [
  { verb: 'EHLO', domain: 'me' },
  { verb: 'HELO', domain: 'me' },
  { verb: 'MAIL', path, parameters: [] },
  { verb: 'MAIL', path: 'null', parameters: [] },
  { verb: 'RCPT', path, parameters: [] },
  { verb: 'DATA' },
  { verb: 'RSET' },
  { verb: 'QUIT' },
  { verb: 'STARTTLS' },
  { verb: 'BDAT', size: 5, last: false },
  { verb: 'BDAT', size: 5, last: true },
  { verb: 'AUTH', mechanism: 'LOGIN', initial: undefined },
  { verb: 'answer', response: hidden, cancel: false },
  { verb: 'answer', response: hidden, cancel: true },
  { verb: 'NOOP', text: '' },
  { verb: 'HELP', text: '' },
  { verb: 'VRFY', text: '' },
  { verb: 'EXPN', text: '' },
  ...['ETRN', 'XCLIENT', 'XNEW', 'LHLO', 'GET', 'odd\u001b', ''].map(
    (word) => ({ verb: 'unknown', word, text: '' }) as const,
  ),
  { verb: 'malformed', word: 'MAIL', text: '', why: 'x' },
  { verb: 'message', chunk: false },
  { verb: 'message', chunk: true },
]

function* smtpExplanations(): Generator<Explanation> {
  const rows = [['a'], ['a', 'STARTTLS', 'AUTH PLAIN'], ['a', 'HELP'], ['a', 'AUTH PLAIN']]
  for (const context of contexts) {
    for (const command of smtpCommands) yield meaningOfSmtpCommand(command, context)
    for (let code = 199; code <= 600; code++) {
      const enhanced = code % 2 === 0 ? undefined : `${Math.floor(code / 100)}.7.1`
      for (const to of [undefined, ...smtpCommands]) {
        for (const lines of rows) yield meaningOfSmtpReply({ code, enhanced, lines } satisfies SmtpReply, to, context)
      }
    }
  }
  for (const key of ['SIZE', 'BODY', 'RET', 'NEVER-HEARD']) yield meaningOfParameter({ key, value: '1' })
  for (const row of ['AUTH', 'AUTH=LOGIN', 'AUTH LOGIN', 'SIZE', 'SIZE 0', 'SIZE 12345', 'XODD', 'odd', '']) {
    const means = meaningOfEhloRow(row, 1)
    if (means !== undefined) yield means
  }
}

const pop3Commands: readonly Pop3Command[] = [
  { verb: 'USER', name: 'a' },
  { verb: 'PASS', password: hidden },
  { verb: 'APOP', name: 'a', digest: hidden },
  { verb: 'AUTH', mechanism: undefined, initial: undefined },
  { verb: 'AUTH', mechanism: 'PLAIN', initial: hidden },
  { verb: 'answer', response: hidden, cancel: false },
  { verb: 'LIST', number: undefined },
  { verb: 'LIST', number: 1 },
  { verb: 'UIDL', number: undefined },
  { verb: 'UIDL', number: 1 },
  { verb: 'RETR', number: 1 },
  { verb: 'DELE', number: 1 },
  { verb: 'TOP', number: 1, lines: 0 },
  { verb: 'TOP', number: 1, lines: 5 },
  ...(['STAT', 'NOOP', 'RSET', 'QUIT', 'CAPA', 'STLS', 'UTF8'] as const).map((verb) => ({ verb }) as const),
  { verb: 'LANG', tag: undefined },
  { verb: 'LANG', tag: 'zh' },
  { verb: 'unknown', word: 'HELO', text: '' },
  { verb: 'malformed', word: 'RETR', text: '', why: 'x' },
]

function* pop3Explanations(): Generator<Explanation> {
  const codes = [undefined, 'IN-USE', 'LOGIN-DELAY', 'SYS/TEMP', 'SYS/PERM', 'AUTH', 'UTF8', 'ODD']
  const said = codes.flatMap((code) =>
    (['ok', 'error'] as const).flatMap((status) => ['2 320', 'x'].map((text) => ({ status, code, text, more: false }))),
  )
  const replies: readonly Pop3Reply[] = [...said, { status: 'continue', data: '' }, { status: 'stray', text: '' }]
  for (const context of contexts) {
    for (const command of pop3Commands) yield meaningOfPop3Command(command, context)
    for (const to of [undefined, ...pop3Commands])
      for (const reply of replies) yield meaningOfPop3Reply(reply, to, context)
  }
  for (const to of [undefined, ...pop3Commands]) yield meaningOfListing(to, 3)
  for (const row of ['TOP', 'SASL PLAIN', 'XODD', 'odd']) {
    const means = meaningOfCapaRow(row)
    if (means !== undefined) yield means
  }
}

const mechanisms =
  'LOGIN PLAIN CRAM-MD5 DIGEST-MD5 SCRAM-SHA-1 SCRAM-SHA-256 SCRAM-SHA-256-PLUS XOAUTH2 OAUTHBEARER EXTERNAL ANONYMOUS NTLM GSSAPI XOAUTH NEVER-HEARD'.split(
    ' ',
  )

function* signInExplanations(): Generator<Explanation> {
  const kinds: readonly (HiddenKind | 'cancel' | 'nothing' | undefined)[] = [
    'code',
    'password',
    'user',
    'token',
    'proof',
    'cancel',
    'nothing',
    undefined,
  ]
  for (const mechanism of [undefined, ...mechanisms]) {
    for (const sealed of [false, true]) {
      for (const initial of [false, true]) yield meaningOfStart(mechanism ?? 'X', initial, sealed)
      for (const of of kinds) {
        for (const step of [0, 1]) {
          for (const data of ['', 'VXNlcm5hbWU6', '/////w==', undefined])
            yield meaningOfChallenge({ mechanism, step, of, sealed, data })
          for (const answers of [undefined, 7]) yield meaningOfAnswer({ mechanism, step, of, sealed, answers })
        }
      }
    }
  }
}

function* otherExplanations(): Generator<Explanation> {
  for (const names of [[], ['From', 'Subject'], ['To']]) {
    for (let bits = 0; bits < 64; bits++) {
      const has = (bit: number) => Number((bits & (1 << bit)) !== 0)
      yield meaningOfMessage({
        fields: names,
        texts: has(0),
        htmls: has(1),
        attachments: has(2),
        size: has(3),
        headOnly: has(4) === 1,
        cut: has(5) === 1,
      })
    }
  }
  for (const why of ['not captured', 'cut by snap length', 'not kept'] as const) yield meaningOfHole(5, why)
  const tls = {
    version: 'TLSv1.3',
    cipher: 'TLS_AES_256_GCM_SHA384',
    sni: undefined,
    alpn: undefined,
    group: undefined,
  }
  for (const readable of [false, true]) yield* [meaningOfSealing(readable), meaningOfSealing(readable, tls)]
  yield meaningOfSealed(2, 400)
  const protocols: readonly SpokenProtocol[] = ['smtp', 'pop3', 'lmtp', 'imap', 'http', 'tls', 'none', 'unknown']
  for (const protocol of protocols) for (const secret of [false, true]) yield meaningOfUnreadable(protocol, secret)
  const kinds =
    'accepted partly-accepted deferred deferred.greylisting refused fetched looked signed-in auth-failed sealed given-up'
  for (const kind of `${kinds} incomplete nothing not-read accepted.envelope-unseen`.split(' '))
    yield { id: `outcome.${kind}`, params: { count: 1, accepted: 1, recipients: 2, code: 450 } }
  const phases = [
    'connection',
    'greeting',
    'extensions',
    'sealing',
    'sign-in',
    'envelope',
    'message',
    'mailbox',
    'goodbye',
    'other',
  ]
  for (const phase of phases) yield { id: `phase.${phase}` }
  const broken = [
    'empty',
    'bad-magic',
    'truncated',
    'bad-caplen',
    'bad-block-length',
    'garbage-at-end',
    'bad-gzip',
    'unsupported',
  ]
  for (const kind of broken) yield { id: `capture.${kind}`, params: { offset: 18213, packets: 43, packet: 44 } }
}

void test('whatever the meanings give has its own texts, filled and of the right length', () => {
  const seen = new Set<string>()
  for (const explanation of explanations()) {
    const key = JSON.stringify(explanation)
    if (seen.has(key)) continue
    seen.add(key)
    assert.ok(entryOf(explanation.id) !== undefined, explanation.id)
    for (const language of languages) {
      const told = say(explanation, language)
      const all = [told.short, told.alone, told.long, told.why, told.todo].join('')
      assert.doesNotMatch(all, /[{}]|undefined/, `${key}: ${all}`)
      assert.ok(Array.from(told.short).length <= room[language], `${key}: ${told.short}`)
    }
  }
  assert.ok(seen.size > 300, String(seen.size))
})

void test('every line has more to say than its short sentence', () => {
  const ofLines = /^(?:smtp\.(?:command|reply|keyword|parameter)|sasl|pop3|message|hole|sealing|sealed|unreadable)\b/
  const mute = catalogue.filter(
    ({ id }) => ofLines.test(id) && languages.some((one) => say({ id }, one).long === undefined),
  )
  assert.deepEqual(
    mute.map(({ id }) => id),
    [],
  )
  assert.match(say({ id: 'smtp.reply.501@RCPT' }, 'en').long ?? '', /What follows the verb does not fit/)
})

void test('an enhanced code is composed of class, subject and detail', () => {
  const told = say({ id: 'smtp.reply.550@RCPT', params: { enhanced: '5.1.1' } }, 'en')
  assert.equal(told.short, 'This recipient is refused for good: no such mailbox.')
  assert.match(told.long ?? '', /The finer code 5\.1\.1 says: a no for good, about an address: no such mailbox\.$/)
  assert.equal(say({ id: 'smtp.reply.250@RCPT', params: { enhanced: '2.1.5' } }, 'en').short, 'Recipient accepted.')
  const plain = say({ id: 'smtp.reply.550@RCPT' }, 'en')
  for (const enhanced of ['5.9.1', '5.1.99', '5', '', '9.1.1', '5.1.1.1', '__proto__.1.1']) {
    const said = say({ id: 'smtp.reply.550@RCPT', params: { enhanced } }, 'en')
    if (enhanced !== '5.1.1.1') assert.deepEqual(said, plain, enhanced)
  }
})

const src = resolve(import.meta.dirname, '../..')

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter(
      (entry) => entry.isFile() && entry.name.endsWith('.ts') && !/\.(?:test|test-support|suite)\.ts$/.test(entry.name),
    )
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
}

void test('every remark of the engines has its sentence', () => {
  const rules = new Set<string>(Object.keys(messageRules))
  for (const text of sources(join(src, 'wire'))) {
    for (const [, rule] of text.matchAll(/\brule\(\s*'([a-z0-9-]+)'/g)) if (rule !== undefined) rules.add(rule)
    for (const [, rule] of text.matchAll(/\brule: '([a-z0-9-]+)'/g)) if (rule !== undefined) rules.add(rule)
  }
  const missing = [...rules].filter((rule) => entryOf(`remark.${rule}`) === undefined)
  assert.deepEqual(missing, [])
  assert.ok(rules.size > 60, String(rules.size))
})

void test('every finding that the rules name has its texts', () => {
  const ids = sources(join(src, 'analyser/findings')).flatMap((text) =>
    [...text.matchAll(/\bid: '([a-z0-9-]+)'|timed\('([a-z-]+)'|found\('((?:vrfy|expn)-[a-z-]+)'/g)].map(
      (found) => found[1] ?? found[2] ?? found[3] ?? '',
    ),
  )
  assert.ok(ids.length > 30, String(ids.length))
  for (const id of ids) {
    const has = catalogue.some((entry) => entry.id === `finding.${id}` || entry.id.startsWith(`finding.${id}.`))
    assert.ok(has, id)
  }
  for (const { id, en } of catalogue) if (/^finding\../.test(id)) assert.ok(en.why !== undefined, `${id} says why`)
})

void test('an unknown id never throws; a more particular one falls back', () => {
  assert.equal(say({ id: 'nobody.knows.this' }, 'en').short, 'nobody.knows.this')
  assert.equal(say({ id: 'remark.brand-new' }, 'en').short, 'A rule is bent here.')
  assert.equal(say({ id: '' }, 'en').short, '')
})

void test('plural forms and lists follow the value and the language', () => {
  const one = { id: 'message.text-attached', params: { fields: 'From, Subject', count: 1 } }
  assert.equal(say(one, 'en').short, 'From, Subject; a text part and 1 attachment.')
  assert.equal(
    say({ ...one, params: { ...one.params, count: 2 } }, 'en').short,
    'From, Subject; a text part and 2 attachments.',
  )
  assert.equal(say(one, 'zh-CN').short, '含 From、Subject；文本，附件 1 个。')
})

void test('the masks are those of the contract', () => {
  const kinds: readonly HiddenKind[] = ['code', 'password', 'user', 'token', 'proof']
  assert.deepEqual(
    kinds.map((kind) => [maskOf(kind, 'en'), maskOf(kind, 'zh-CN')]),
    [
      ['[authorization code hidden]', '[授权码已隐藏]'],
      ['[password hidden]', '[口令已隐藏]'],
      ['[user name hidden]', '[用户名已隐藏]'],
      ['[token hidden]', '[令牌已隐藏]'],
      ['[proof hidden]', '[认证摘要已隐藏]'],
    ],
  )
})
