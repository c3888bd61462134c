/** The example of look/terminal.md comes out character for character, in both widths and languages. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import type { Language } from '../../analyser/model.ts'
import { conversationRows, openedRow } from './conversation.ts'
import { paint } from './ink.ts'
import type { InkRow, Look } from './ink.ts'
import { labExample, secrets } from './lab.test-support.ts'
import { widthOf } from './layout.ts'
import { nextRows } from './next.ts'
import { viewOf } from './view.ts'

process.env['TZ'] = 'UTC'

const look = (columns: number, depth: Look['depth'] = 'none'): Look => ({ columns, depth, background: 'any' })

async function screen(columns: number, language: Language, depth: Look['depth'] = 'none'): Promise<string> {
  const { capture, conversation } = await labExample()
  const view = viewOf(language, look(columns))
  // The example is of the finished program; until `report` is built the program itself names another command.
  const report = language === 'en' ? 'write it up, safe to publish' : '写成可以公开的报告'
  const rows: InkRow[] = [
    openedRow(capture, 'lab.pcapng', view),
    ...conversationRows(conversation, capture.names, view),
    [],
    ...nextRows(
      [
        { command: 'postglass explain lab.pcapng --line 8', what: view.words.nextLine },
        { command: 'postglass report lab.pcapng', what: report },
      ],
      view,
    ),
  ]
  return rows.map((row) => `${paint(row, look(columns, depth))}\n`).join('')
}

const goldens: readonly (readonly [file: string, columns: number, language: Language])[] = [
  ['explain-140-en.txt', 140, 'en'],
  ['explain-80-en.txt', 80, 'en'],
  ['explain-80-zh.txt', 80, 'zh-CN'],
]

for (const [file, columns, language] of goldens) {
  void test(`the example at ${columns} columns, ${language}`, async () => {
    const expected = readFileSync(join(import.meta.dirname, 'golden', file), 'utf8')
    assert.equal(await screen(columns, language), expected)
  })
}

void test('at every width nothing is wider than the screen', async () => {
  for (const language of ['en', 'zh-CN'] as const) {
    for (const columns of [80, 99, 100, 110, 140, 200]) {
      for (const line of (await screen(columns, language)).split('\n'))
        assert.ok(widthOf(line) <= columns, `${columns}: ${line}`)
    }
  }
})

void test('colour changes nothing that is read', async () => {
  const painted = await screen(140, 'en', 'true')
  // oxlint-disable-next-line no-control-regex -- the sequences that paint
  assert.equal(painted.replaceAll(/\u001b\[[\d;]*m/g, ''), await screen(140, 'en'))
})

void test('no secret of it stands in the screen, in clear or in base64', async () => {
  const text = await screen(140, 'en')
  assert.ok(!text.includes(secrets.code))
  assert.ok(!text.includes(Buffer.from(secrets.code).toString('base64')))
  assert.ok(!text.includes(Buffer.from(secrets.user).toString('base64')))
})
