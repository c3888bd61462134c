import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { fromLatin1, latin1, utf8 } from './charset.ts'
import { defaultLimits } from './rules.ts'
import { readTree, type MimePart } from './tree.ts'

/** `type(children)` with the body of leaves. */
function shown(bytes: Uint8Array, part: MimePart): string {
  const body = latin1(bytes.subarray(part.bodySpan.start, part.bodySpan.end))
  if (part.parts.length === 0) return `${part.type}=${JSON.stringify(body)}`
  return `${part.type}(${part.parts.map((child) => shown(bytes, child)).join(' ')})`
}

const head = (boundary: string, type = 'multipart/mixed'): string =>
  `Content-Type: ${type}; boundary=${boundary}\r\n\r\n`

type Row = readonly [what: string, text: string, tree: string, rules?: readonly string[]]

const rows: readonly Row[] = [
  ['no MIME', 'A: 1\r\n\r\nhello\r\n', 'text/plain="hello\\r\\n"'],
  // RFC 2046 §5.1.1
  [
    '§5.1.1',
    'From: Nathaniel Borenstein <nsb@bellcore.com>\r\nMIME-Version: 1.0\r\nContent-type: multipart/mixed; boundary="simple boundary"\r\n\r\nThis is the preamble.\r\n\r\n--simple boundary\r\n\r\nThis is implicitly typed plain US-ASCII text.\r\nIt does NOT end with a linebreak.\r\n--simple boundary\r\nContent-type: text/plain; charset=us-ascii\r\n\r\nThis is explicitly typed plain US-ASCII text.\r\nIt DOES end with a linebreak.\r\n\r\n--simple boundary--\r\n\r\nThis is the epilogue.  It is also to be ignored.\r\n',
    'multipart/mixed(text/plain="This is implicitly typed plain US-ASCII text.\\r\\nIt does NOT end with a linebreak." text/plain="This is explicitly typed plain US-ASCII text.\\r\\nIt DOES end with a linebreak.\\r\\n")',
  ],
  [
    'digest',
    `${head('b', 'multipart/digest')}--b\r\n\r\nA: 1\r\n\r\nx\r\n--b--\r\n`,
    'multipart/digest(message/rfc822(text/plain="x"))',
  ],
  ['blanks after the boundary', `${head('b')}--b \t\r\n\r\nx\r\n--b-- \r\n`, 'multipart/mixed(text/plain="x")'],
  ['blanks at the end of the parameter', `${head('"b "')}--b\r\n\r\nx\r\n--b--`, 'multipart/mixed(text/plain="x")'],
  [
    'a longer line is no boundary',
    `${head('b')}--b\r\n\r\n--bx\r\n--b-\r\n--b--`,
    'multipart/mixed(text/plain="--bx\\r\\n--b-")',
  ],
  ['bare LF', 'Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n\n--b--\n', 'multipart/mixed(text/plain="x\\n")'],
  [
    'a colon in the boundary',
    `${head('"b:c"')}--b:c\r\nA: 1\r\n--b:c\r\n\r\ny\r\n--b:c--`,
    'multipart/mixed(text/plain="" text/plain="y")',
  ],
  [
    'empty parts',
    `${head('b')}--b\r\n--b\r\n\r\n--b\r\n\r\n\r\n--b--`,
    'multipart/mixed(text/plain="" text/plain="" text/plain="")',
  ],
  ['a header without a body', `${head('b')}--b\r\nContent-Type: text/html\r\n--b--`, 'multipart/mixed(text/html="")'],
  ['text at once', `${head('b')}--b\r\nhello\r\n--b--`, 'multipart/mixed(text/plain="hello")', ['missing-blank-line']],
  [
    'nested',
    `${head('a')}--a\r\n${head('b', 'multipart/alternative')}--b\r\n\r\n1\r\n--b\r\nContent-Type: text/html\r\n\r\n2\r\n--b--\r\n\r\n--a\r\n\r\n3\r\n--a--\r\n`,
    'multipart/mixed(multipart/alternative(text/plain="1" text/html="2") text/plain="3")',
  ],
  ['a message inside', `Content-Type: message/rfc822\r\n\r\nA: 1\r\n\r\nx\r\n`, 'message/rfc822(text/plain="x\\r\\n")'],
  [
    'a multipart message inside',
    `${head('a')}--a\r\nContent-Type: message/rfc822\r\n\r\n${head('b')}--b\r\n\r\nx\r\n--b--\r\n\r\n--a--`,
    'multipart/mixed(message/rfc822(multipart/mixed(text/plain="x")))',
  ],
  [
    'a message inside without its end',
    `${head('a')}--a\r\nContent-Type: message/rfc822\r\n\r\nA: 1\r\n--a--`,
    'multipart/mixed(message/rfc822(text/plain=""))',
  ],
  ['no type at all', 'Content-Type: \r\n\r\nx', 'text/plain="x"', ['content-type-unreadable']],
  ['text alone', 'Content-Type: text\r\n\r\nx', 'text/plain="x"', ['content-type-unreadable']],
  ['rubbish', 'Content-Type: <script>\r\n\r\nx', 'application/octet-stream="x"', ['content-type-unreadable']],
  // what bends the rules
  [
    'boundary missing',
    'Content-Type: multipart/mixed\r\n\r\n--b\r\n\r\nx\r\n',
    'multipart/mixed="--b\\r\\n\\r\\nx\\r\\n"',
    ['boundary-missing'],
  ],
  ['boundary never found', `${head('b')}x\r\n--c\r\n`, 'multipart/mixed="x\\r\\n--c\\r\\n"', ['boundary-not-found']],
  ['not closed', `${head('b')}--b\r\n\r\nx\r\n`, 'multipart/mixed(text/plain="x\\r\\n")', ['boundary-not-closed']],
  [
    'inner not closed',
    `${head('a')}--a\r\n${head('b')}--b\r\n\r\n1\r\n--a\r\n\r\n2\r\n--a--`,
    'multipart/mixed(multipart/mixed(text/plain="1") text/plain="2")',
    ['boundary-not-closed'],
  ],
  [
    'the same boundary inside',
    `${head('a')}--a\r\n${head('a')}--a\r\n\r\n1\r\n--a--`,
    'multipart/mixed(multipart/mixed="" text/plain="1")',
    ['boundary-reused'],
  ],
  [
    'after the end there is nothing',
    `${head('b')}--b\r\n\r\nx\r\n--b--\r\n--b\r\n\r\ny\r\n`,
    'multipart/mixed(text/plain="x")',
  ],
  ['closed before it began', `${head('b')}--b--\r\nx`, 'multipart/mixed="--b--\\r\\nx"'],
  [
    'an encoded multipart stays whole',
    `Content-Transfer-Encoding: base64\r\n${head('b')}--b\r\n\r\nx\r\n--b--`,
    'multipart/mixed="--b\\r\\n\\r\\nx\\r\\n--b--"',
    ['encoding-on-composite'],
  ],
  [
    'an encoded message stays whole',
    'Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nQTogMQ==',
    'message/rfc822="QTogMQ=="',
    ['encoding-on-composite'],
  ],
  ['an unknown encoding', 'Content-Transfer-Encoding: uuencode\r\n\r\nx', 'text/plain="x"', ['encoding-unknown']],
  ['a comment behind the encoding', 'Content-Transfer-Encoding: BASE64 (what else)\r\n\r\n', 'text/plain=""'],
]

for (const [what, text, tree, rules] of rows)
  void test(`tree: ${what}`, () => {
    const bytes = fromLatin1(text)
    const read = readTree(bytes)
    assert.equal(shown(bytes, read.root), tree)
    assert.deepEqual(
      read.remarks.map((one) => one.rule),
      rules ?? [],
    )
  })

/** Joining header and body gives the part; children lie in order inside the body, and between them stand delimiters. */
function checkSpans(bytes: Uint8Array, part: MimePart): void {
  assert.equal(part.headerSpan.end, part.bodySpan.start)
  assert.ok(part.headerSpan.start <= part.headerSpan.end && part.bodySpan.start <= part.bodySpan.end)
  let at = part.bodySpan.start
  for (const child of part.parts) {
    assert.ok(child.headerSpan.start >= at && child.bodySpan.end <= part.bodySpan.end)
    const between = latin1(bytes.subarray(at, child.headerSpan.start))
    if (part.type.startsWith('multipart/')) assert.match(between, /(^|\n)--[^\n]*(\n|$)/)
    else assert.equal(between, '')
    checkSpans(bytes, child)
    at = child.bodySpan.end
  }
}

const lines = fc.constantFrom(
  'Content-Type: multipart/mixed; boundary=a',
  'Content-Type: multipart/alternative; boundary=b',
  'Content-Type: multipart/digest; boundary="c d"',
  'Content-Type: message/rfc822',
  'Content-Type: text/html; charset=utf-8',
  'Content-Transfer-Encoding: base64',
  '--a',
  '--a--',
  '--b',
  '--b--  ',
  '--c d',
  '--c d--',
  '',
  'text',
  ' folded',
)

void test('whatever the lines: spans are exact, nothing throws', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(lines, fc.constantFrom('\r\n', '\r\n', '\n', '\r')), { maxLength: 40 }), (parts) => {
      const bytes = fromLatin1(parts.flat().join(''))
      const { root } = readTree(bytes)
      assert.equal(root.headerSpan.start, 0)
      assert.equal(root.bodySpan.end, bytes.length)
      checkSpans(bytes, root)
    }),
    { numRuns: 2000 },
  )
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => checkSpans(bytes, readTree(bytes).root)))
})

void test('a generated tree is read as it was written', () => {
  interface Node {
    readonly text?: string
    readonly children?: readonly Node[]
  }
  const { node } = fc.letrec<{ node: Node; leaf: Node; branch: Node }>((tie) => ({
    node: fc.oneof({ maxDepth: 4, withCrossShrink: true }, tie('leaf'), tie('branch')),
    leaf: fc.constantFrom('', 'x', 'x\r\n', '--', '--c', '-', 'a\r\n\r\nb').map((text) => ({ text })),
    branch: fc.array(tie('node'), { minLength: 1, maxLength: 3 }).map((children) => ({ children })),
  }))
  const print = (one: Node, path: string): string => {
    if (one.children === undefined) return `\r\n${one.text ?? ''}`
    const parts = one.children.map((child, index) => `--b${path}\r\n${print(child, `${path}.${index}`)}\r\n`)
    return `${head(`b${path}`)}preamble\r\n${parts.join('')}--b${path}--\r\nepilogue`
  }
  const expected = (one: Node): string =>
    one.children === undefined
      ? `text/plain=${JSON.stringify(one.text ?? '')}`
      : `multipart/mixed(${one.children.map(expected).join(' ')})`
  fc.assert(
    fc.property(node, (tree) => {
      const bytes = utf8(print(tree, ''))
      const read = readTree(bytes)
      assert.equal(shown(bytes, read.root), expected(tree))
      assert.deepEqual(read.remarks, [])
    }),
  )
})

void test('limits: what is deeper or more stays opaque', () => {
  const deep = utf8(`${head('a')}--a\r\n${head('b')}--b\r\n${head('c')}--c\r\n\r\nx\r\n--c--\r\n--b--\r\n--a--\r\n`)
  const read = readTree(deep, { ...defaultLimits, depth: 2 })
  assert.equal(
    shown(deep, read.root),
    'multipart/mixed(multipart/mixed(multipart/mixed="--c\\r\\n\\r\\nx\\r\\n--c--"))',
  )
  assert.deepEqual(
    read.remarks.map((one) => one.rule),
    ['limit-depth'],
  )
  const wide = utf8(`${head('a')}${'--a\r\n\r\nx\r\n'.repeat(10)}--a--\r\n`)
  const some = readTree(wide, { ...defaultLimits, parts: 4 })
  assert.equal(some.root.parts.length, 3)
  assert.equal(some.root.bodySpan.end, wide.length)
  assert.ok(some.remarks.some((one) => one.rule === 'limit-parts'))
  const messages = utf8('Content-Type: message/rfc822\r\n\r\n'.repeat(10))
  assert.ok(readTree(messages, { ...defaultLimits, depth: 3 }).remarks.some((one) => one.rule === 'limit-depth'))
})
