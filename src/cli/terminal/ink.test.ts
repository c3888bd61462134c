import assert from 'node:assert/strict'
import test from 'node:test'
import { ink, lookOf, paint } from './ink.ts'

const terminal = { isTerminal: true, columns: 120 }
const pipe = { isTerminal: false, columns: undefined }

const looks: readonly (readonly [
  name: string,
  stream: typeof terminal | typeof pipe,
  env: Record<string, string>,
  expected: object,
])[] = [
  ['a pipe', pipe, {}, { columns: 80, depth: 'none', background: 'any' }],
  [
    'a pipe of a wide terminal',
    { isTerminal: false, columns: undefined },
    { COLUMNS: '140' },
    { columns: 80, depth: 'none', background: 'any' },
  ],
  ['a terminal', terminal, {}, { columns: 120, depth: '16', background: 'any' }],
  ['true colour', terminal, { COLORTERM: 'truecolor' }, { columns: 120, depth: 'true', background: 'any' }],
  ['NO_COLOR', terminal, { NO_COLOR: '1', COLORTERM: 'truecolor' }, { columns: 120, depth: 'none', background: 'any' }],
  ['NO_COLOR that is empty', terminal, { NO_COLOR: '' }, { columns: 120, depth: '16', background: 'any' }],
  ['a dumb terminal', terminal, { TERM: 'dumb' }, { columns: 120, depth: 'none', background: 'any' }],
  ['FORCE_COLOR on a pipe', pipe, { FORCE_COLOR: '1' }, { columns: 80, depth: '16', background: 'any' }],
  ['FORCE_COLOR=3', pipe, { FORCE_COLOR: '3' }, { columns: 80, depth: 'true', background: 'any' }],
  ['FORCE_COLOR=0', terminal, { FORCE_COLOR: '0' }, { columns: 120, depth: 'none', background: 'any' }],
  ['a dark ground', terminal, { COLORFGBG: '15;0' }, { columns: 120, depth: '16', background: 'dark' }],
  ['a light ground', terminal, { COLORFGBG: '0;15' }, { columns: 120, depth: '16', background: 'light' }],
]

for (const [name, stream, env, expected] of looks) {
  void test(`look: ${name}`, () => {
    assert.deepEqual(lookOf(stream, env), expected)
  })
}

void test('without colour only the text is written, no blanks at its end', () => {
  const row = [ink('client', 'EHLO'), ink('text', ' lab  '), ink('quiet', '   ')]
  assert.equal(paint(row, { columns: 80, depth: 'none', background: 'any' }), 'EHLO lab')
})

void test('a role has its colour, and every colour ends with its piece', () => {
  const row = [ink('client', 'EHLO'), ink('text', ' lab')]
  assert.equal(paint(row, { columns: 80, depth: '16', background: 'any' }), '\u001b[1;94mEHLO\u001b[0m lab')
  assert.equal(
    paint([ink('server', '250')], { columns: 80, depth: 'true', background: 'any' }),
    '\u001b[1;38;2;175;97;45m250\u001b[0m',
  )
  assert.equal(paint([ink('quiet', 'note')], { columns: 80, depth: '16', background: 'any' }), 'note')
})
