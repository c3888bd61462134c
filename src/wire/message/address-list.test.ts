import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { anyText } from './text.test-support.ts'
import { printAddressList, readAddressList, type Group, type Mailbox } from './address-list.ts'

/** `name <address>` of each mailbox, groups as `name: …;`. */
function shown(entries: readonly (Mailbox | Group)[]): string[] {
  return entries.map((entry) =>
    'group' in entry ? `${entry.group}:[${shown(entry.members).join(',')}]` : `${entry.name}|${entry.address}`,
  )
}

const rows: readonly (readonly [what: string, text: string, entries: readonly string[], faults?: readonly string[]])[] =
  [
    // RFC 5322 appendix A
    ['A.1.1', 'John Doe <jdoe@machine.example>', ['John Doe|jdoe@machine.example']],
    [
      'A.1.2',
      'Mary Smith <mary@x.test>, jdoe@example.org, Who? <one@y.test>',
      ['Mary Smith|mary@x.test', '|jdoe@example.org', 'Who?|one@y.test'],
    ],
    [
      'A.1.2 cc',
      '<boss@nil.test>, "Giant; \\"Big\\" Box" <sysservices@example.net>',
      ['|boss@nil.test', 'Giant; "Big" Box|sysservices@example.net'],
    ],
    ['A.1.2 from', '"Joe Q. Public" <john.q.public@example.com>', ['Joe Q. Public|john.q.public@example.com']],
    [
      'A.1.3',
      'A Group:Ed Jones <c@a.test>,joe@where.test,John <jdoe@one.test>;',
      ['A Group:[Ed Jones|c@a.test,|joe@where.test,John|jdoe@one.test]'],
    ],
    ['A.1.3 empty', 'Undisclosed recipients:;', ['Undisclosed recipients:[]']],
    ['A.5 from', 'Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>', ['Pete|pete@silly.test']],
    [
      'A.5 to',
      "A Group(Some people)\r\n     :Chris Jones <c@(Chris's host.)public.example>,\r\n         joe@example.org,\r\n  John <jdoe@one.test> (my dear friend); (the end of the group)",
      ['A Group:[Chris Jones|c@public.example,|joe@example.org,John|jdoe@one.test]'],
    ],
    ['A.5 cc', '(Empty list)(start)Hidden recipients  :(nobody(that I know))  ;', ['Hidden recipients:[]']],
    ['A.6.1', 'Joe Q. Public <john.q.public@example.com>', ['Joe Q. Public|john.q.public@example.com']],
    [
      'A.6.1 to',
      'Mary Smith <@node.test:mary@example.net>, , jdoe@test  . example',
      ['Mary Smith|mary@example.net', '|jdoe@test.example'],
    ],
    ['A.6.3', 'John Doe <jdoe@machine(comment).  example>', ['John Doe|jdoe@machine.example']],
    ['A.6.3 to', 'Mary Smith\r\n          \t\r\n          <mary@example.net>', ['Mary Smith|mary@example.net']],
    // the obsolete forms of RFC 5322 §4.4
    ['route of two', '<@a.test,@b.test:c@d.test>, e@f.test', ['|c@d.test', '|e@f.test']],
    ['dots with blanks', 'joe . public @ example . org', ['|joe.public@example.org']],
    ['quoted words and dots', '"joe".public@example.org', ['|joe.public@example.org']],
    ['empty elements', ',,a@b.test,,', ['|a@b.test']],
    ['name in a comment', 'a@b.test (Alice (the first))', ['Alice (the first)|a@b.test']],
    ['empty list', '', []],
    // RFC 2047, RFC 6532
    ['encoded name', '=?utf-8?B?54ix5Li95Lid?= <a@b.test>', ['爱丽丝|a@b.test']],
    ['encoded comment', 'a@b.test (=?iso-8859-1?Q?Keld_J=F8rn?=)', ['Keld Jørn|a@b.test']],
    ['an encoded comma splits nothing', '=?utf-8?Q?a=40evil=2Etest=2C?= <a@b.test>', ['a@evil.test,|a@b.test']],
    ['encoded words in quotes', '"=?utf-8?B?54ix5Li95Lid?=" <a@b.test>', ['爱丽丝|a@b.test'], ['words-in-quotes']],
    ['raw UTF-8', '爱丽丝 <爱丽丝@例子.测试>', ['爱丽丝|爱丽丝@例子.测试']],
    ['encoded words are no addresses', '=?utf-8?Q?a=40b=2Etest?=', [], ['unreadable']],
    // literals, quoted local parts
    ['literal', 'a@[192.0.2.1]', ['|a@[192.0.2.1]']],
    ['IPv6 literal', '<a@[IPv6:2001:db8::1]>', ['|a@[IPv6:2001:db8::1]']],
    ['quoted local part', '"a b@c"@d.test', ['|"a b@c"@d.test']],
    ['needless quotes', '"abc"@d.test', ['|abc@d.test']],
    ['upper-case domain', 'A@EXAMPLE.Org', ['|A@example.org']],
    ['lone dots', 'a..b.@docomo.test', ['|"a..b."@docomo.test'], ['dots']],
    // what could be read in two ways is refused
    ['two at signs', 'a@b@c.test', [], ['ambiguous']],
    ['another address as a name', 'boss@good.test <a@evil.test>', [], ['ambiguous']],
    ['the same address as a name', 'a@b.test <a@B.test>', ['a@b.test|a@b.test']],
    ['words before a bare address', 'Alice a@b.test', [], ['unreadable']],
    ['words after the bracket', '<a@b.test> c', [], ['unreadable']],
    ['two brackets', '<a@b.test> <c@d.test>', [], ['ambiguous']],
    ['nested brackets', '<<a@b.test>>', [], ['unreadable']],
    ['a bracket left open', 'A <a@b.test, c@d.test', ['|c@d.test'], ['unreadable']],
    ['no domain', 'root', [], ['unreadable']],
    ['no local part', '@b.test', [], ['unreadable']],
    ['empty brackets', '<>', [], ['unreadable']],
    ['dot at the end of the domain', 'a@b.test.', [], ['unreadable']],
    ['quoted word beside an atom', 'a"b"@c.test', [], ['unreadable']],
    ['semicolons between', 'a@b.test; c@d.test', ['|a@b.test', '|c@d.test'], ['semicolon']],
    ['a group left open', 'G: a@b.test, c@d.test', ['G:[|a@b.test,|c@d.test]'], ['not-closed']],
    ['a group in a group', 'G: H: a@b.test;', ['G:[]'], ['unreadable']],
    ['an open quote', '"a <a@b.test>', [], ['not-closed', 'unreadable']],
    ['an open comment', 'a@b.test (x', ['x|a@b.test'], ['not-closed']],
    ['NUL', '"a\0b"@c.test', [], ['unreadable']],
    ['one fault spares the others', 'bad, a@b.test', ['|a@b.test'], ['unreadable']],
    ['brackets in a name', 'Foo [Bar] <a@b.test>', ['Foo [Bar]|a@b.test']],
  ]

for (const [what, text, entries, faults] of rows)
  void test(`addresses: ${what}`, () => {
    const read = readAddressList(text)
    assert.deepEqual(shown(read.entries), entries)
    assert.deepEqual(
      read.faults.map((fault) => fault.what),
      faults ?? [],
    )
  })

const letters = 'abz09.-_!#+"\\ ()<>@,;:[]中é😀'
const texts = (max: number): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...Array.from(letters)), { maxLength: max }).map((parts) => parts.join(''))
const names = texts(40).map((name) => name.trim())
const locals = texts(12).filter((local) => local !== '')
const domains = fc.constantFrom('north.test', 'a.b-c.example', '例子.测试', '[192.0.2.1]', '[IPv6:2001:db8::1]', 'x')
const mailboxes = fc.record({
  name: names,
  mailbox: fc.record({ local: locals, domain: domains }, { noNullPrototype: true }),
})
const groups = fc.record({ group: names.filter((name) => name !== ''), members: fc.array(mailboxes, { maxLength: 3 }) })

void test('a printed list is read back, folded or not, raw or encoded', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(mailboxes, groups), { maxLength: 5 }),
      fc.boolean(),
      fc.nat(20),
      (list, utf8, column) => {
        const printed = printAddressList(list, column, utf8)
        const read = readAddressList(printed)
        const plain = (entry: (typeof list)[number]): unknown =>
          'group' in entry
            ? { group: entry.group, members: entry.members.map(plain) }
            : { name: entry.name, mailbox: entry.mailbox }
        const back = (entry: Mailbox | Group): unknown =>
          'group' in entry
            ? { group: entry.group, members: entry.members.map(back) }
            : { name: entry.name, mailbox: entry.mailbox }
        assert.deepEqual(read.entries.map(back), list.map(plain), printed)
        assert.deepEqual(read.faults, [])
        assert.ok(!/\r(?!\n)|(?<!\r)\n|\r\n(?! \S)/.test(printed), printed)
      },
    ),
  )
})

void test('no text throws, and no address holds a line end', () => {
  fc.assert(
    fc.property(fc.oneof(texts(60), anyText(60)), (text) => {
      for (const mailbox of readAddressList(text).mailboxes) assert.ok(!/[\r\n\0]/.test(mailbox.address))
    }),
    { numRuns: 300 },
  )
})
