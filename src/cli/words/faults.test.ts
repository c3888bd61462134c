import assert from 'node:assert/strict'
import test from 'node:test'
import { paint } from '../terminal/ink.ts'
import { errorDocument, errorRows } from '../terminal/errors.ts'
import { widthOf } from '../terminal/layout.ts'
import { Fault } from '../fault.ts'
import { faultCodes, tellFault } from './faults.ts'
import type { FaultValues } from './faults.ts'

/** Answers any value that a text asks for. */
const anything = new Proxy(
  {},
  {
    get: (_target, name) =>
      name === 'count' ? 2 : name === 'why' || name === 'what' ? { why: 'empty', what: 'file' }[name] : String(name),
  },
)

const screen = (fault: Fault, language: 'en' | 'zh-CN'): string =>
  errorRows(fault, language, 80)
    .map((row) => paint(row, { columns: 80, depth: 'none', background: 'any' }))
    .join('\n')

void test('every error has an exit status of the contract and whole sentences in both languages', () => {
  for (const code of faultCodes) {
    const english = tellFault(code, anything as never, 'en')
    const chinese = tellFault(code, anything as never, 'zh-CN')
    assert.ok([1, 2, 3, 64].includes(english.exit), code)
    assert.match(english.text, /^["A-Z\w].*[.]$/, code)
    assert.match(chinese.text, /[\u4e00-\u9fff].*。$/, code)
    assert.equal(english.todo === undefined, chinese.todo === undefined, code)
  }
})

void test('an error stands in 80 columns, as the look has it', () => {
  const fault = new Fault('port-taken', { address: '127.0.0.1', port: 2525, holder: 'process 4117, node' })
  assert.equal(
    screen(fault, 'en'),
    `!!  Cannot listen on port 2525: another program holds it (process 4117, node).
    Perhaps Postglass already runs.
    Do: stop that program, or move all ports with  npm start -- --shift 1000
    Code: port-taken  Exit: 3`,
  )
})

void test('the cut capture of the look, in both languages', () => {
  const values: FaultValues['capture-cut'] = { file: 'lab.pcap', packet: 44, offset: 18213, whole: 43 }
  assert.equal(
    screen(new Fault('capture-cut', values), 'en'),
    `!!  lab.pcap ends in the middle of packet 44 (byte 18213).
    The capture was cut, perhaps the disk was full or the program was stopped.
    The 43 whole packets before that are explained above.
    Code: capture-cut  Exit: 2`,
  )
  assert.equal(
    screen(new Fault('capture-cut', values), 'zh-CN'),
    `!!  读不完 lab.pcap：文件在第 44 个数据包中间断了（第 18213 字节）。
    可能抓包时磁盘已满，或抓包程序被强行结束。
    前 43 个完整的数据包已在上面逐行解释。
    代码：capture-cut  退出码：2`,
  )
})

void test('no error is wider than its screen, and what it names is inert', () => {
  const fault = new Fault('file-missing', { file: `\u001b]0;x\u0007${'a'.repeat(200)}` })
  for (const line of screen(fault, 'en').split('\n')) assert.ok(widthOf(line) <= 80, line)
  assert.ok(!screen(fault, 'en').includes('\u001b'))
})

void test('with --json an error is one document', () => {
  assert.deepEqual(errorDocument(new Fault('unknown-account', { address: 'eve@north.test' }), 'en'), {
    error: {
      code: 'unknown-account',
      text: 'There is no account eve@north.test.',
      do: 'see them with  postglass account list',
    },
  })
})
